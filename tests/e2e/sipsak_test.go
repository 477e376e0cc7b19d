//go:build e2e

package e2e

import (
	"net"
	"strings"
	"testing"
)

// TestSipsak pings the server and registers by a second stack.
func TestSipsak(t *testing.T) {
	need(t, "sipsak")
	s := start(t, "")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"OPTIONS to the server itself", []string{"-s", "sip:127.0.0.1"}, 0, "200 Keepalive"},
		{"OPTIONS to a user who is away", []string{"-s", "sip:nobody@127.0.0.1"}, 1, "404 Not Found"},
		{"REGISTER", []string{"-i", "-U", "-C", "sip:carol@127.0.0.1:24999", "-x", "300", "-s", "sip:carol@127.0.0.1"}, 0, "OK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, code := s.sipsak(t, c.args...); code != c.code || !strings.Contains(out, c.want) {
				t.Errorf("exit %d, want %d and %q:\n%s", code, c.code, c.want, out)
			}
		})
	}
}

// sipsak runs it against the server. The port stands apart, since sipsak cuts one of five
// digits that stands in a URI.
func (s *server) sipsak(t *testing.T, args ...string) (string, int) {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	return run(t, patience, s.dir, "sipsak", append([]string{"-vv", "-H", "127.0.0.1", "-r", port}, args...)...)
}

// register binds a user to a port where nobody listens.
func (s *server) register(t *testing.T, user string) {
	t.Helper()
	out, code := s.sipsak(t, "-i", "-U", "-C", "sip:"+user+"@127.0.0.1:24999", "-x", "300", "-s", "sip:"+user+"@127.0.0.1")
	if code != 0 {
		t.Fatalf("sipsak cannot register %s: exit %d\n%s", user, code, out)
	}
}
