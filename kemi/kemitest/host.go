// Package kemitest runs modules in a server without a scripting language: for tests of
// modules, whose routes are then functions in Go.
package kemitest

import (
	"bytes"
	"context"
	"io/fs"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// Host is a started server with one shard. It listens on nothing.
type Host struct {
	*kemi.Server
	t   testing.TB
	log *buffer
}

// New makes a server that is not started: of the text of a configuration file, and of modules,
// which need no loadmodule line.
func New(t testing.TB, text string, modules ...kemi.Module) (*Host, error) {
	t.Helper()
	cfg, err := config.Load("test.cfg", config.Options{ReadFile: func(path string) ([]byte, error) {
		if path != "test.cfg" {
			return nil, fs.ErrNotExist
		}
		return []byte("debug=3\nlisten=udp:127.0.0.1:5060;\n" + text), nil
	}})
	if err != nil {
		return nil, err
	}
	h := &Host{t: t, log: new(buffer)}
	o := kemi.Options{
		Config: cfg, Modules: modules, Engine: engine{}, Sender: sender{}, Shards: 1, Version: "test",
		Log: log.New(h.log, log.Debug, false),
	}
	for _, m := range modules {
		o.Always = append(o.Always, m.Info().Name)
	}
	h.Server, err = kemi.New(o)
	return h, err
}

// Start makes a server and starts its modules; the end of the test stops it. An error fails the test.
func Start(t testing.TB, text string, modules ...kemi.Module) *Host {
	t.Helper()
	h, err := New(t, text, modules...)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Stop)
	return h
}

// Log is what the server has logged so far.
func (h *Host) Log() string { return h.log.text() }

// Run runs a route in the server's shard for a received message; empty: without a message.
func (h *Host) Run(message string, f func(c *kemi.Ctx)) {
	h.t.Helper()
	m := h.message(message)
	done := make(chan struct{})
	h.OnShard(0, func(sh *kemi.Shard) {
		defer close(done)
		call := &route.Call{Kind: route.RequestRoute, Message: m, Branch: -1}
		f(&kemi.Ctx{Msg: m, Call: call, Server: h.Server, Shard: sh})
	})
	<-done
}

func (h *Host) message(text string) *route.Message {
	if text == "" {
		return nil
	}
	received := new(sip.Message)
	if err := received.Parse(text); err != nil {
		h.t.Fatalf("the test's message: %v", err)
	}
	m := new(route.Message)
	m.Begin(received)
	m.ID, m.Received = 1, h.Clock.Now()
	m.Flow = flow.Flow{Proto: flow.UDP, Local: h.Core.Sockets()[0], Remote: netip.MustParseAddrPort("192.0.2.1:5060")}
	return m
}

// Call calls a KSR function as a script would.
func (h *Host) Call(c *kemi.Ctx, table, name string, args ...kemi.Value) kemi.Value {
	h.t.Helper()
	f := h.Registry.Function(table, name)
	if f == nil {
		h.t.Fatalf("there is no KSR.%s.%s", table, name)
	}
	return f.Call(c, kemi.MakeArgs(args...))
}

// RPC runs a command as a JSON client would and gives the answer's document without blanks.
func (h *Host) RPC(request string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	reply, err := (&rpc.JSONHandler{Registry: h.Server.RPC}).Handle(ctx, []byte(request))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(reply.Body)
}

// sender loses everything.
type sender struct{}

func (sender) Send(flow.Flow, []byte) error                            { return nil }
func (sender) SendWith(flow.Flow, []byte, transport.SendOptions) error { return nil }
func (sender) LocalSocket(_ flow.Proto, preferred *flow.Socket, _ netip.AddrPort) *flow.Socket {
	return preferred
}

// engine has no language and no routes.
type engine struct{}

func (engine) Name() string                                               { return "none" }
func (engine) Open(kemi.EngineHost) error                                 { return nil }
func (engine) Load([]string) error                                        { return nil }
func (engine) Reload(int, string) error                                   { return nil }
func (engine) Files() []string                                            { return nil }
func (engine) Has(string) bool                                            { return false }
func (engine) Version(*kemi.Ctx) any                                      { return nil }
func (engine) Check([]string) []kemi.Finding                              { return nil }
func (engine) Close()                                                     {}
func (engine) Run(*kemi.Ctx, route.Callback, ...kemi.Value) route.Outcome { return route.Absent }

// buffer is a log in memory.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
