package lua

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/kemi"
)

// host is what an engine needs around it: a registry, a log and shards.
type host struct {
	t      testing.TB
	e      *engine
	log    *syncBuffer
	shards []*kemi.Shard
	server *kemi.Server
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// testLimits leave a script much time: a busy machine is not to end it.
var testLimits = kemi.ScriptLimits{Time: 10 * time.Second, Memory: 16 << 20, States: 8}

// shortLimits are for scripts that never end.
var shortLimits = kemi.ScriptLimits{Time: 20 * time.Millisecond, Memory: 16 << 20, States: 8}

func newHost(t testing.TB, limits kemi.ScriptLimits, options Options, modules ...kemi.Module) *host {
	t.Helper()
	h := &host{t: t, log: new(syncBuffer), e: New(options).(*engine)}
	r, err := kemi.NewRegistry(modules...)
	if err != nil {
		t.Fatal(err)
	}
	h.server = &kemi.Server{Log: log.New(h.log, log.Debug, false), Clock: clock.System{}, Registry: r, Engine: h.e}
	for i := range 2 {
		h.shards = append(h.shards, &kemi.Shard{Shard: shard.New(i, clock.System{}, shard.Limits{})})
	}
	err = h.e.Open(kemi.EngineHost{Server: h.server, Registry: r, Shards: len(h.shards), Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// load writes the scripts to files and loads them.
func (h *host) load(scripts ...string) {
	h.t.Helper()
	if err := h.e.Load(h.files(scripts...)); err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) files(scripts ...string) []string {
	h.t.Helper()
	dir := h.t.TempDir()
	var files []string
	for i, text := range scripts {
		files = append(files, filepath.Join(dir, string(rune('a'+i))+".lua"))
		write(h.t, files[i], text)
	}
	return files
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run calls a function in a request route on shard 0.
func (h *host) run(function string, args ...kemi.Value) route.Outcome {
	return h.runIn(0, route.RequestRoute, route.Callback{Name: function}, args...)
}

func (h *host) runIn(shard int, kind route.Kind, cb route.Callback, args ...kemi.Value) (outcome route.Outcome) {
	h.shards[shard].Do(func() { outcome = h.runHere(shard, kind, cb, args...) })
	return outcome
}

// runHere is runIn for a job of that shard.
func (h *host) runHere(shard int, kind route.Kind, cb route.Callback, args ...kemi.Value) route.Outcome {
	m := new(route.Message)
	return h.e.Run(&kemi.Ctx{Msg: m, Call: &route.Call{Kind: kind, Message: m, Branch: -1}, Server: h.server, Shard: h.shards[shard]}, cb, args...)
}

// note is the module of most tests: KSR.note.add(text) collects what scripts say.
type note struct {
	mu    sync.Mutex
	lines []string
}

func (n *note) add(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, a.Str(0))
	return kemi.Int(1)
}

func (n *note) take() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	text := strings.Join(n.lines, "\n")
	n.lines = nil
	return text
}

func (n *note) module() kemi.Module {
	return kemi.Define(kemi.Spec[note]{
		Name: "note", New: func() *note { return n },
		Funcs: kemi.Funcs[note]{{Name: "add", Args: "text str", Returns: kemi.Code, Call: (*note).add}},
	})
}

// exits is KSR.x as app_lua offers it.
func exits() kemi.Module {
	type none struct{}
	return kemi.Define(kemi.Spec[none]{
		Name: "app_lua", Table: "x", New: func() *none { return new(none) },
		Funcs: kemi.Funcs[none]{
			{Name: "exit", Call: func(*none, *kemi.Ctx, *kemi.Args) kemi.Value { return kemi.Exit }},
			{Name: "drop", Call: func(_ *none, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
				c.Msg.Dropped = true
				return kemi.Exit
			}},
		},
	})
}
