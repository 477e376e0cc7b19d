package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/kemi"
)

// Run calls a script function, inside the shard of its context. A route that a KSR function
// starts (a branch route inside t_relay) runs on the state of the route around it, so that
// globals mean the same in both.
func (e *engine) Run(c *kemi.Ctx, cb route.Callback, args ...kemi.Value) route.Outcome {
	if outer := e.around(c); outer != nil {
		if fn := outer.function(cb.Name); fn != nil {
			return outer.nested(c, cb.Name, fn, args)
		}
	}
	current := e.current.Load()
	if current == nil {
		return route.Failed
	}
	if outcome := e.runOn(current, c, cb.Name, args); outcome != route.Absent {
		return outcome
	}
	if armed, ok := cb.Version.(*version); ok && armed != current {
		if outcome := e.runOn(armed, c, cb.Name, args); outcome != route.Absent {
			return outcome
		}
	}
	e.absent(cb.Name)
	return route.Absent
}

// around finds the state whose route the shard's present job is in the middle of.
func (e *engine) around(c *kemi.Ctx) *state {
	states := e.running[c.Shard.ID].states
	if len(states) == 0 {
		return nil
	}
	job := c.Shard.Current()
	for i := len(states) - 1; i >= 0 && job != nil; i-- {
		if states[i].job == job {
			return states[i]
		}
	}
	return nil
}

// runOn runs a function on a state of its own.
func (e *engine) runOn(v *version, c *kemi.Ctx, name string, args []kemi.Value) route.Outcome {
	id := c.Shard.ID
	s, err := v.take(c)
	if err != nil {
		e.fail(c, nil, name, err)
		return route.Failed
	}
	fn := s.function(name)
	if fn == nil {
		v.give(id, s)
		return route.Absent
	}
	s.begin(e.host.Limits.Time)
	s.job, s.thread = c.Shard.Current(), s.L
	r := &e.running[id]
	r.states = append(r.states, s)
	outcome := s.call(s.L, c, name, fn, args)
	r.remove(s)
	s.L.G.CurrentThread = s.L // a coroutine that failed may still stand there
	s.job = shard.Token(nil)
	v.give(id, s)
	return outcome
}

func (r *running) remove(s *state) {
	last := len(r.states) - 1
	for i := last; i >= 0; i-- {
		if r.states[i] == s {
			copy(r.states[i:], r.states[i+1:])
			r.states[last] = nil
			r.states = r.states[:last]
			return
		}
	}
}

// nested runs a function in the middle of another route of the state.
func (s *state) nested(c *kemi.Ctx, name string, fn *glua.LFunction, args []kemi.Value) route.Outcome {
	outer, thread := s.ctx, s.thread
	outcome := s.call(thread, c, name, fn, args)
	s.ctx, s.thread = outer, thread
	return outcome
}

// call runs the function on a thread and tells how the route ended.
func (s *state) call(L *glua.LState, c *kemi.Ctx, name string, fn *glua.LFunction, args []kemi.Value) route.Outcome {
	dropped := c.Msg != nil && c.Msg.Dropped
	s.ctx, c.Position, c.Refuse = c, s.position, s.refuse
	L.Push(fn)
	for _, arg := range args {
		L.Push(toLua(arg))
	}
	before := s.nesting
	s.awaited = fn
	err := L.PCall(len(args), 0, nil)
	s.ctx, s.left = nil, false
	if err != nil && !isExit(err) {
		s.engine.fail(c, s, name, err)
		s.nesting = before
		return route.Failed
	}
	s.nesting = before
	if !dropped && c.Msg != nil && c.Msg.Dropped {
		return route.Dropped
	}
	return route.Done
}
