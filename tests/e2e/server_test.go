//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/freeport"
)

// basicScript is the script that the distribution ships.
const basicScript = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi-lua.lua"

// server is a running server with the configuration of examples/kemi-basic.
type server struct {
	*process
	dir    string // scripts and control sockets
	addr   string // of its UDP and TCP socket
	script string // a copy of the basic script, which a test may change
	config string // the configuration file
}

// freePort gives a port whose UDP and TCP sides nobody uses, another one each time.
func freePort(t *testing.T) int {
	t.Helper()
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// start runs the basic script. Lua appended to it may wrap its functions.
func start(t *testing.T, appended string) *server {
	t.Helper()
	return startWith(t, appended)
}

// startWith is start with more flags. @DIR@ in the Lua is the server's folder, which has a file part.lua.
func startWith(t *testing.T, appended string, flags ...string) *server {
	t.Helper()
	need(t, basicScript)
	s := prepare(t, appended)
	s.launch(t, command, flags...)
	return s
}

// prepare writes what a server needs.
func prepare(t *testing.T, appended string) *server {
	t.Helper()
	cfg, err := filepath.Abs("../../examples/kemi-basic/kamailio.cfg")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{dir: t.TempDir(), addr: "127.0.0.1:" + strconv.Itoa(freePort(t)), config: cfg}
	s.script = filepath.Join(s.dir, "basic.lua")
	write(t, s.dir+"/part.lua", "return 1")
	write(t, s.script, read(t, basicScript)+strings.ReplaceAll(appended, "@DIR@", s.dir))
	return s
}

// launch starts a server, ours or the incumbent, and waits until it listens.
func (s *server) launch(t *testing.T, command []string, flags ...string) {
	t.Helper()
	s.process = spawn(t, s.dir, command[0], slices.Concat(command[1:], s.args(t), flags)...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", tail(s.output.String(), 40))
		}
	})
	eventually(t, "the server listens", func() bool { return s.listens(t) })
}

func (s *server) listens(t *testing.T) bool {
	t.Helper()
	if s.ended() {
		t.Fatal("the server ended at once")
	}
	c, err := net.Dial("tcp", s.addr)
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

func (s *server) args(t *testing.T) []string {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	return []string{
		"-f", s.config, "-DD", "-E", "-A", "DEBUG=0", "-A", "PORT=" + port, "-A", fmt.Sprintf("SCRIPT=%q", s.script),
		"-A", fmt.Sprintf("CTL=%q", s.control()), "-A", fmt.Sprintf("RPC=%q", s.dir+"/rpc"),
	}
}

// control is the address of the binary control socket.
func (s *server) control() string { return "unix:" + s.dir + "/ctl" }

// kamcmd runs a command of the control tool, which must succeed.
func (s *server) kamcmd(t *testing.T, args ...string) string {
	t.Helper()
	out, code := run(t, patience, s.dir, "kamcmd", append([]string{"-s", s.control()}, args...)...)
	if code != 0 {
		t.Fatalf("kamcmd %s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// write replaces a file in one step, so that nobody reads half of it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// tail is the last n lines of a text.
func tail(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
