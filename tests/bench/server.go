package main

import (
	_ "embed"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/moonroute/moonroute/core/freeport"
)

//go:embed kamailio.cfg
var configuration string

//go:embed routes.lua
var ownScript string

// debianScript is the basic KEMI script of Debian's kamailio package.
const debianScript = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi-lua.lua"

// startPatience is how long a server may take until it listens.
const startPatience = 20 * time.Second

// server is a running server under test.
type server struct {
	process *exec.Cmd
	address netip.AddrPort
	dir     string
}

// start runs a command line with a configuration in a folder of its own, and returns when it listens.
func start(command, script string, megabytes int) (*server, error) {
	port, err := freeport.Take()
	if err != nil {
		return nil, err
	}
	s := &server{address: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))}
	if s.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return nil, err
	}
	if err := s.launch(command, script, megabytes); err != nil {
		s.stop()
		return nil, err
	}
	if err := s.listening(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) launch(command, script string, megabytes int) error {
	cfg := filepath.Join(s.dir, "kamailio.cfg")
	if script == "" {
		script = filepath.Join(s.dir, "routes.lua")
		if err := os.WriteFile(script, []byte(ownScript), 0o600); err != nil {
			return err
		}
	}
	text := strings.NewReplacer("@PORT@", strconv.Itoa(int(s.address.Port())), "@DIR@", s.dir, "@SCRIPT@", script).Replace(configuration)
	if err := os.WriteFile(cfg, []byte(text), 0o600); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	words := strings.Fields(command)
	words = append(words, "-f", cfg, "-DD", "-E")
	if filepath.Base(words[0]) == "kamailio" {
		// Its fast allocator: the default one of Debian checks itself and costs twice as much.
		words = append(words, "-m", strconv.Itoa(megabytes), "-M", "16", "-x", "fm", "-X", "fm")
	}
	s.process = exec.Command(words[0], words[1:]...)
	s.process.Stdout, s.process.Stderr = log, log
	return s.process.Start()
}

// listening waits for the TCP port: the UDP port is open by then.
func (s *server) listening() error {
	for end := time.Now().Add(startPatience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.address.String())
		if err == nil {
			return conn.Close()
		}
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("%s does not listen: %s", s.process.Path, lastLines(string(log), 5))
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (s *server) pid() int { return s.process.Process.Pid }

// stop ends the server and forgets its folder.
func (s *server) stop() {
	if s.process != nil && s.process.Process != nil {
		_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended already
		killer := time.AfterFunc(10*time.Second, func() { _ = s.process.Process.Kill() })
		_ = s.process.Wait() // how it ended does not matter
		killer.Stop()
	}
	os.RemoveAll(s.dir)
}
