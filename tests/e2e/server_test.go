//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// basicScript is the script that the distribution ships.
const basicScript = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi-lua.lua"

// server is a running server with the configuration of examples/kemi-basic.
type server struct {
	*process
	dir    string // scripts and control sockets
	addr   string // of its UDP and TCP socket
	script string // a copy of the basic script, which a test may change
}

var lastPort atomic.Int32

// freePort gives a port whose UDP and TCP sides nobody uses, another one each time.
func freePort(t *testing.T) int {
	t.Helper()
	for range 900 {
		port := 24000 + int(lastPort.Add(2))%998
		if portFree(port) {
			return port
		}
	}
	t.Fatal("no free port from 24000 to 24999")
	return 0
}

func portFree(port int) bool {
	addr := "127.0.0.1:" + strconv.Itoa(port)
	packets, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	defer packets.Close()
	stream, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	return stream.Close() == nil
}

// start runs the basic script. Lua appended to it may wrap its functions.
func start(t *testing.T, appended string) *server {
	t.Helper()
	need(t, basicScript)
	s := &server{dir: t.TempDir(), addr: "127.0.0.1:" + strconv.Itoa(freePort(t))}
	s.script = filepath.Join(s.dir, "basic.lua")
	write(t, s.script, read(t, basicScript)+appended)
	s.process = spawn(t, s.dir, command[0], append(command[1:], s.args(t)...)...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", tail(s.output.String(), 40))
		}
	})
	eventually(t, "the server listens", func() bool { return s.listens(t) })
	return s
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
	cfg, err := filepath.Abs("../../examples/kemi-basic/kamailio.cfg")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(s.addr)
	return []string{
		"-f", cfg, "-DD", "-E", "-A", "DEBUG=0", "-A", "PORT=" + port, "-A", fmt.Sprintf("SCRIPT=%q", s.script),
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
