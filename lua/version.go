package lua

import (
	"fmt"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// version is the scripts as they were at one Load, and the states that run them. Callbacks
// that were armed under a version keep it alive.
type version struct {
	engine     *engine
	generation int // from 1
	files      []string
	mains      []chunk
	loaded     time.Time
	hash, by   string
	used       []string // the files, and those that they required
	sources    *sources
	functions  map[string]bool // global functions after loading
	shards     []pool
}

// pool are one shard's states of a version; only the shard uses it.
type pool struct {
	free []*state
	made int // states in all, those that run included
}

// Load compiles the scripts and runs them in fresh states, one for each shard. Only if all
// of them work do new messages use them.
func (e *engine) Load(files []string) error {
	e.load.Lock()
	defer e.load.Unlock()
	return e.replace(files, newSources(e), "start")
}

// Reload is Load with the same files. With an index the other scripts stay as they were read.
func (e *engine) Reload(index int, by string) error {
	e.load.Lock()
	defer e.load.Unlock()
	if err := e.reload(index, by); err != nil {
		e.hits.broken.Add(1)
		return err
	}
	e.hits.reloads.Add(1)
	return nil
}

func (e *engine) reload(index int, by string) error {
	v := e.current.Load()
	if v == nil {
		return errNotOpen
	}
	if index < -1 || index >= len(v.files) {
		return fmt.Errorf("lua: there is no script %d: the last one is %d", index, len(v.files)-1)
	}
	fresh := newSources(e)
	for i, file := range v.files {
		if index >= 0 && i != index {
			fresh.keep(file, v.sources)
		}
	}
	return e.replace(v.files, fresh, by)
}

// replace builds a version and makes it the current one if it works.
func (e *engine) replace(files []string, from *sources, by string) error {
	if e.running == nil {
		return errNotOpen
	}
	v := &version{engine: e, generation: 1, files: append([]string(nil), files...), sources: from, by: by, shards: make([]pool, len(e.running))}
	if old := e.current.Load(); old != nil {
		v.generation = old.generation + 1
	}
	for _, file := range files {
		main, err := from.get(file, true)
		if err != nil {
			return err
		}
		v.mains = append(v.mains, main)
	}
	for i := range v.shards {
		s, err := v.newState(nil)
		if err != nil {
			return err
		}
		v.shards[i] = pool{free: []*state{s}, made: 1}
	}
	v.functions = v.shards[0].free[0].globalFunctions()
	v.used, v.hash, v.loaded = from.list(), from.hash(), e.host.Server.Clock.Now()
	e.current.Store(v)
	e.faults.reset(e, " before the reload")
	e.warn(files)
	return nil
}

// Present implements kemi.ScriptReporter.
func (e *engine) Present() (kemi.ScriptVersion, bool) {
	v := e.current.Load()
	if v == nil {
		return kemi.ScriptVersion{}, false
	}
	return kemi.ScriptVersion{Number: v.generation, Hash: v.hash, Loaded: v.loaded, By: v.by, Files: append([]string(nil), v.used...)}, true
}

// VersionNumber implements kemi.ScriptReporter.
func (e *engine) VersionNumber(armed any) int {
	if v, ok := armed.(*version); ok {
		return v.generation
	}
	return 0
}

// take gives a free state of the version to a route's shard, which must be the caller.
func (v *version) take(c *kemi.Ctx) (*state, error) {
	shard := c.Shard.ID
	p := &v.shards[shard]
	if n := len(p.free); n > 0 {
		s := p.free[n-1]
		p.free = p.free[:n-1]
		return s, nil
	}
	if limit := v.engine.host.Limits.States; p.made >= limit {
		v.engine.hits.states.Add(1)
		return nil, fmt.Errorf("lua: all %d states of shard %d are in use", limit, shard)
	}
	p.made++ // others may come meanwhile, if the scripts wait for something
	s, err := v.newState(c)
	if err != nil {
		p.made--
		return nil, err
	}
	return s, nil
}

// give takes a state back after its run. Of an old version one state a shard is enough.
func (v *version) give(shard int, s *state) {
	p := &v.shards[shard]
	old := v.engine.current.Load() != v
	if s.outgrown() || old && len(p.free) > 0 {
		p.made--
		s.close()
		return
	}
	p.free = append(p.free, s)
}

// globalFunctions are the names of the functions that a state offers as callbacks.
func (s *state) globalFunctions() map[string]bool {
	names := map[string]bool{}
	s.L.G.Global.ForEach(func(name, value glua.LValue) {
		text, isText := name.(glua.LString)
		if f, ok := value.(*glua.LFunction); ok && isText && f.Proto != nil {
			names[string(text)] = true
		}
	})
	return names
}
