package scenarios

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is a server that runs beside the test.
type Process struct {
	cmd  *exec.Cmd
	dir  string
	log  bytes.Buffer
	done chan struct{}
}

var errNotReady = errors.New("the server does not come up")

// StartProcess starts a server's program with the configuration of a case.
func StartProcess(program string, c *Case) (Server, error) {
	dir, err := os.MkdirTemp("", "scenario-")
	if err != nil {
		return nil, err
	}
	cfg := filepath.Join(dir, "server.cfg")
	err = errors.Join(os.WriteFile(cfg, []byte(c.config(dir)), 0o600), os.WriteFile(filepath.Join(dir, "routes.lua"), []byte(c.script()), 0o600))
	if err != nil {
		return nil, err
	}
	p := &Process{cmd: exec.Command(program, "-f", cfg, "-DD", "-E"), dir: dir, done: make(chan struct{})}
	p.cmd.Stderr = &p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended shows in its log
		close(p.done)
	}()
	for range 100 {
		if p.ask(request("core.version", nil), 200*time.Millisecond) != "" {
			return p, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := p.Stop()
	return nil, errors.Join(errNotReady, errors.New(log))
}

// RPC implements Server through the JSON-RPC socket.
func (p *Process) RPC(_ context.Context, method string, params []any) string {
	return p.ask(request(method, params), 2*patience)
}

func (p *Process) ask(data []byte, wait time.Duration) string {
	local, err := os.CreateTemp(p.dir, "answer-")
	if err != nil {
		return ""
	}
	_ = local.Close()
	_ = os.Remove(local.Name())
	conn, err := net.DialUnix("unixgram", &net.UnixAddr{Name: local.Name(), Net: "unixgram"}, &net.UnixAddr{Name: filepath.Join(p.dir, "rpc.sock"), Net: "unixgram"})
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(wait))
	buf := make([]byte, 1<<16)
	if _, err := conn.Write(data); err != nil {
		return ""
	}
	n, _ := conn.Read(buf)
	return string(buf[:n])
}

// Stop implements Server.
func (p *Process) Stop() (string, error) {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return p.log.String(), err
	}
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		if err := p.cmd.Process.Kill(); err != nil {
			return p.log.String(), err
		}
		<-p.done
	}
	_ = os.RemoveAll(p.dir)
	return p.log.String(), nil
}
