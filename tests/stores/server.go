package stores

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/freeport"
	"github.com/moonroute/moonroute/core/rpc"
)

// patience is how long a test waits for something that takes a moment.
const patience = time.Minute

// Server is the built binary with a configuration and a script of its own. It can be killed
// and started again on the same port and with the same files.
type Server struct {
	Dir  string // configuration, script, control socket; where the process runs
	Port int    // UDP and TCP on 127.0.0.1

	t       testing.TB
	command []string // instead of the built binary and its arguments
	process *exec.Cmd
	ended   chan struct{}
	log     logBuffer
}

// takesAll keeps our server from refusing requests where the machine is slow: the tests are about databases. The
// incumbent does not know the parameter.
const takesAll = "#!KAMAILIO\n#!ifdef OWN\noverload_control=no\n#!endif\n"

// NewServer writes the files of a server: below the listen lines and the control module come
// the lines of config, which load what the script needs. Start runs it.
func NewServer(t testing.TB, config, script string) *Server {
	t.Helper()
	s := &Server{Dir: t.TempDir(), Port: FreePort(t), t: t}
	head := takesAll + fmt.Sprintf("debug=2\nlog_stderror=yes\nauto_aliases=no\nlisten=udp:127.0.0.1:%d\nlisten=tcp:127.0.0.1:%d\n"+
		"loadmodule \"jsonrpcs.so\"\nloadmodule \"app_lua.so\"\nmodparam(\"jsonrpcs\", \"transport\", 4)\nmodparam(\"jsonrpcs\", \"dgram_socket\", %q)\n"+
		"modparam(\"app_lua\", \"load\", %q)\n", s.Port, s.Port, s.socket(), filepath.Join(s.Dir, "routes.lua"))
	s.write("kamailio.cfg", head+config+"\ncfgengine \"lua\"\n")
	s.write("routes.lua", script)
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", s.LogTail(40))
		}
	})
	return s
}

func (s *Server) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) socket() string { return filepath.Join(s.Dir, "rpc") }

// Addr is the server's address, host:port.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// PID is the running process.
func (s *Server) PID() int { return s.process.Process.Pid }

// Start runs the server and returns when it listens.
func (s *Server) Start() {
	s.t.Helper()
	_ = os.Remove(s.socket()) // a killed server leaves it behind
	command := s.command
	if command == nil {
		command = []string{Binary(s.t), "-f", "kamailio.cfg", "-DD", "-E", "-A", "OWN"}
	}
	p := exec.Command(command[0], command[1:]...) //nolint:gosec // the tests' own commands
	p.Dir, p.Stdout, p.Stderr = s.Dir, &s.log, &s.log
	p.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.WaitDelay = time.Second // children of the incumbent may outlive it
	if err := p.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	s.process, s.ended = p, ended
	go func() {
		defer close(ended)
		_ = p.Wait()
	}()
	s.await()
}

func (s *Server) await() {
	s.t.Helper()
	Eventually(s.t, "the server listens", func() bool {
		if s.Ended() {
			s.t.Fatal("the server ended at its start")
		}
		c, err := net.Dial("tcp", s.Addr())
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// Ended tells that the process is gone.
func (s *Server) Ended() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// Kill ends the process at once (SIGKILL), as a loss of power does.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop ends the process as an operator does.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

func (s *Server) end(signal syscall.Signal) {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(signal) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.process.Process.Kill()
		<-s.ended
		s.t.Errorf("the server did not end after %v", signal)
	}
	s.process = nil
}

// RPC runs a control command and gives its result as JSON, or "CODE message" where it fails.
func (s *Server) RPC(method string, params ...rpc.Value) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := rpc.Dial(ctx, "dgram:"+s.socket())
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	reply, err := client.Call(ctx, method, params...)
	switch {
	case err != nil:
		s.t.Fatal(err)
	case reply.Fault != nil:
		return fmt.Sprintf("%d %s", reply.Fault.Code, reply.Fault.Message)
	}
	var b strings.Builder
	for _, v := range reply.Values {
		if err := rpc.WriteJSON(&b, v); err != nil {
			s.t.Fatal(err)
		}
	}
	return b.String()
}

// LogCount is the number of log lines that contain a text.
func (s *Server) LogCount(text string) int { return strings.Count(s.log.text(), text) }

// LogTail is the last n lines of the log.
func (s *Server) LogTail(n int) string {
	lines := strings.Split(s.log.text(), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// logBuffer collects what the process writes; tests read it meanwhile.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// FreePort gives a port whose UDP and TCP sides nobody uses, another one each time.
func FreePort(t testing.TB) int {
	t.Helper()
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// Eventually waits for something to become true.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// full tells that the whole load is asked for, and the figures that go with it.
func full() bool { return os.Getenv("MOONROUTE_LOAD") == "full" }

// Rounds is n, or more if the whole load is asked for.
func Rounds(n, whole int) int {
	if full() {
		return whole
	}
	return n
}
