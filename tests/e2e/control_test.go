//go:build e2e

package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// commands are what an operator asks of a running server, and what must stand in the answer.
var commands = []struct {
	line string
	want string // a regular expression
}{
	{"core.version", `moonroute`},
	{"core.uptime", `uptime: \d+`},
	{"system.listMethods", `(?s)app_lua\.list.*ul\.dump|(?s)ul\.dump.*app_lua\.list`},
	{"tm.stats", `(?s)current: \d+.*total: \d+.*6xx: \d+.*created: \d+`},
	{"app_lua.list", `basic\.lua`},
	{"app_lua.reload", ``}, // success has nothing to say
	{"ul.dump", `(?s)AoR: dave.*Address: sip:dave@127\.0\.0\.1:24999`},
}

func TestKamcmd(t *testing.T) {
	need(t, "kamcmd", "sipsak")
	s := start(t, "")
	s.register(t, "dave")
	for _, c := range commands {
		t.Run(c.line, func(t *testing.T) {
			if out := s.kamcmd(t, strings.Fields(c.line)...); !regexp.MustCompile(c.want).MatchString(out) {
				t.Errorf("the answer does not match %s:\n%s", c.want, out)
			}
		})
	}
}

// TestRPCCommand asks the same of "moonroute rpc", by both control sockets.
func TestRPCCommand(t *testing.T) {
	need(t, "sipsak")
	s := start(t, "")
	s.register(t, "dave")
	for _, socket := range []string{s.control(), "dgram:" + s.dir + "/rpc"} {
		for _, c := range commands {
			args := slices.Concat(command[1:], []string{"rpc", "-s", socket}, strings.Fields(c.line))
			out, code := run(t, patience, s.dir, command[0], args...)
			// The carriers print the same fields, in JSON or in kamcmd's layout.
			plain := strings.ReplaceAll(out, `"`, "")
			if code != 0 || !regexp.MustCompile(c.want).MatchString(plain) {
				t.Errorf("%s over %s: exit %d, does not match %s:\n%s", c.line, socket, code, c.want, out)
			}
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	s := start(t, "")
	args := slices.Concat(command[1:], []string{"rpc", "-s", s.control(), "core.nothing"})
	if out, code := run(t, patience, s.dir, command[0], args...); code == 0 || !strings.Contains(out, "core.nothing") && !strings.Contains(out, "not found") {
		t.Errorf("exit %d: %s", code, out)
	}
}
