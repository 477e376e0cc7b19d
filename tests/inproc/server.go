// Package inproc runs whole servers inside a test's process: the stock build with a
// configuration and a script, and peers that speak SIP by hand.
//
// The network is the machine's loopback, or one in memory (fakenet.Pipes): then the test may
// run in a testing/synctest bubble, where waiting for a minute takes no time.
package inproc

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/freeport"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

// Options describe a server. One of File and Config is needed.
type Options struct {
	File    string        // a configuration file
	Config  string        // or its text; @DIR@ in it is the directory of Files
	Defines []string      // as of -A: NAME=VALUE
	Files   []File        // written to a directory of the test, scripts for example
	Modules []kemi.Module // besides those of the stock build
	Lua     lua.Options
	Net     transport.Net // nil: the machine's
	Shards  int           // 0: one per core
}

// File is a file that a server needs.
type File struct{ Name, Text string }

// Server is a running server that ends with its test.
type Server struct {
	*kemi.Server
	Dir string // of Options.Files

	t   testing.TB
	net transport.Net
	log *record
}

// record is a log in memory.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

// Log is what the server has logged so far.
func (s *Server) Log() string {
	s.settle()
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.buf.String()
}

// Start starts a server. What is wrong with its configuration fails the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(t, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.Log())
		}
	})
	return s
}

// New makes a server that is not started yet.
func New(t testing.TB, o Options) (*Server, error) {
	t.Helper()
	s := &Server{Dir: t.TempDir(), t: t, net: o.Net, log: new(record)}
	if s.net == nil {
		s.net = transport.RealNet{}
	}
	for _, f := range o.Files {
		if err := os.WriteFile(filepath.Join(s.Dir, f.Name), []byte(f.Text), 0o600); err != nil {
			return nil, err
		}
	}
	cfg, err := o.load(s.Dir)
	if err != nil {
		return nil, err
	}
	level := log.Level(cfg.Int("debug", int64(log.Warn)))
	s.Server, err = kemi.New(kemi.Options{
		Config: cfg, Modules: slices.Concat(modules.All(), o.Modules), Always: modules.Always(), Engine: lua.New(o.Lua),
		Log: log.New(s.log, level, false), Net: s.net, Shards: o.Shards, Version: "test",
	})
	return s, err
}

func (o *Options) load(dir string) (*config.Config, error) {
	if o.File != "" {
		return config.Load(o.File, config.Options{Defines: o.Defines})
	}
	text := strings.ReplaceAll(o.Config, "@DIR@", dir)
	return config.Load("test.cfg", config.Options{Defines: o.Defines, ReadFile: func(path string) ([]byte, error) {
		if path == "test.cfg" {
			return []byte(text), nil
		}
		return os.ReadFile(path)
	}})
}

// Address is where the server listens first for a transport.
func (s *Server) Address(p flow.Proto) netip.AddrPort {
	s.t.Helper()
	for _, socket := range s.Core.Sockets() {
		if socket.Proto == p {
			return socket.Addr
		}
	}
	s.t.Fatalf("the server has no %v socket", p)
	return netip.AddrPort{}
}

// FreePort is a port of 127.0.0.1 for UDP and TCP, which no other test gets.
func FreePort(t testing.TB) string {
	t.Helper()
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(port)
}

// settle waits until no shard is in the middle of a message: a reply leaves before its
// records are written.
func (s *Server) settle() {
	if s.Server == nil {
		return // it did not start
	}
	for i := range s.Shards() {
		s.OnShard(i, func(*kemi.Shard) {})
	}
}
