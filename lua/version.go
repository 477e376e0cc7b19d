package lua

import (
	"fmt"

	glua "github.com/yuin/gopher-lua"
)

// version is the scripts as they were at one Load, and the states that run them. Callbacks
// that were armed under a version keep it alive.
type version struct {
	engine     *engine
	generation int
	files      []string
	mains      []chunk
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
	return e.replace(files, newSources(e))
}

// Reload is Load with the same files. With an index the other scripts stay as they were read.
func (e *engine) Reload(index int) error {
	e.load.Lock()
	defer e.load.Unlock()
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
			fresh.keep(file, v.mains[i])
		}
	}
	return e.replace(v.files, fresh)
}

// replace builds a version and makes it the current one if it works.
func (e *engine) replace(files []string, from *sources) error {
	if e.running == nil {
		return errNotOpen
	}
	v := &version{engine: e, files: append([]string(nil), files...), sources: from, shards: make([]pool, len(e.running))}
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
		s, err := v.newState()
		if err != nil {
			return err
		}
		v.shards[i] = pool{free: []*state{s}, made: 1}
	}
	v.functions = v.shards[0].free[0].globalFunctions()
	e.current.Store(v)
	e.warn(files)
	return nil
}

// take gives a free state of the version to a shard, which must be the caller.
func (v *version) take(shard int) (*state, error) {
	p := &v.shards[shard]
	if n := len(p.free); n > 0 {
		s := p.free[n-1]
		p.free = p.free[:n-1]
		return s, nil
	}
	if limit := v.engine.host.Limits.States; p.made >= limit {
		return nil, fmt.Errorf("lua: all %d states of shard %d are in use", limit, shard)
	}
	s, err := v.newState()
	if err != nil {
		return nil, err
	}
	p.made++
	return s, nil
}

// give takes a state back after its run. Of an old version one state a shard is enough.
func (v *version) give(shard int, s *state) {
	p := &v.shards[shard]
	old := v.engine.current.Load() != v
	if s.outgrown() || old && len(p.free) > 0 {
		p.made--
		s.L.Close()
		return
	}
	p.free = append(p.free, s)
}

// globalFunctions are the names of the functions that a state offers as callbacks.
func (s *state) globalFunctions() map[string]bool {
	names := map[string]bool{}
	s.L.G.Global.ForEach(func(name, value glua.LValue) {
		text, isText := name.(glua.LString)
		if f, ok := value.(*glua.LFunction); ok && isText && !f.IsG {
			names[string(text)] = true
		}
	})
	return names
}
