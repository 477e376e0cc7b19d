package lua

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	glua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Options are what an embedding program adds to the engine.
type Options struct {
	// Setup runs for each new state, before the scripts: register Go functions and values here.
	Setup []Setup
	// Coverage, if set, counts the lines that run, for tests of scripts.
	Coverage *Coverage
}

// Setup prepares a new Lua state.
type Setup = func(*glua.LState)

// WithValue makes a Go value a global of all scripts, by reflection: methods and fields of a
// struct, keys of a map, calls of a function. It is for values that scripts use now and
// then; a KSR module costs less for each call. States of several shards use the value at the
// same time, so it guards itself. A call on it that blocks, blocks its shard.
func WithValue(name string, value any) Setup {
	return func(L *glua.LState) { L.SetGlobal(name, luar.New(L, value)) }
}

// New makes an engine. Nothing runs before Open and Load.
func New(options Options) kemi.Engine { return &engine{options: options} }

type engine struct {
	options Options
	host    kemi.EngineHost
	tables  []ksrTable
	ksr     *glua.LTable // of all states whose scripts cannot change it
	direct  *directCalls

	load    sync.Mutex // one Load or Reload at a time
	current atomic.Pointer[version]
	running []running // by shard
	faults  faults
	hits    hits
	handles handles
	known   atomic.Pointer[map[string]string] // what the check found in the present scripts, by "file:line"
}

// running are the states of a shard that are in the middle of a route: one runs, the others wait.
type running struct{ states []*state }

var errNotOpen = errors.New("lua: the engine is not open")

// Name is the cfgengine value.
func (e *engine) Name() string { return "lua" }

// Open gives the engine what it needs of the server.
func (e *engine) Open(host kemi.EngineHost) error {
	if host.Registry == nil || host.Shards < 1 {
		return fmt.Errorf("lua: the engine needs a registry and at least one shard")
	}
	e.host = host
	if e.host.Limits.States < 1 {
		e.host.Limits.States = kemi.DefaultScriptLimits().States
	}
	e.tables, e.direct = bindRegistry(host.Registry)
	e.ksr = newKSR(e.tables)
	e.running = make([]running, host.Shards)
	return nil
}

// Close ends the engine; routes that run end by themselves.
func (e *engine) Close() {
	e.current.Store(nil)
	e.closeHandles()
	e.faults.reset(e, " before the end")
}

// Files are the scripts in their order.
func (e *engine) Files() []string {
	if v := e.current.Load(); v != nil {
		return append([]string(nil), v.files...)
	}
	return nil
}

// Version is the script version that the context's route runs on, or the present one.
func (e *engine) Version(c *kemi.Ctx) any {
	if c != nil {
		if s := e.around(c); s != nil {
			return s.version
		}
	}
	if v := e.current.Load(); v != nil {
		return v
	}
	return nil
}

// Has tells whether the scripts defined the function when they were loaded.
func (e *engine) Has(function string) bool {
	v := e.current.Load()
	return v != nil && v.functions[function]
}

func (e *engine) log() *log.Logger { return e.host.Server.Log }

// loadTime is what loading the scripts may take: they may read files and build tables first.
func (e *engine) loadTime() time.Duration { return 5 * e.host.Limits.Time }
