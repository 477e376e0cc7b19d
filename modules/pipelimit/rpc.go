package pipelimit

import (
	"fmt"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "pl.list", Run: (*state).rpcList, Array: true, Doc: "Shows the pipes, or the one with that name, with all details."},
	{Name: "pl.stats", Run: (*state).rpcStats, Array: true, Doc: "Shows the load and the count of the last interval of each pipe."},
	{Name: "pl.get_pipes", Run: (*state).rpcPipes, Array: true, Doc: "Shows algorithm, limit and count of each pipe."},
	{Name: "pl.set_pipe", Run: (*state).rpcSetPipe, Doc: "Sets NAME ALGORITHM LIMIT of a pipe that is there."},
	{Name: "pl.reset_pipe", Run: (*state).rpcReset, Doc: "Sets the counts of the pipe NAME to 0."},
	{Name: "pl.rm_pipe", Run: (*state).rpcRemove, Doc: "Removes the pipe NAME."},
	{Name: "pl.get_pid", Run: func(s *state, c *rpc.Call) error { return s.tuning.Show(c) }, Doc: "Shows the weights of the controller of FEEDBACK pipes."},
	{Name: "pl.set_pid", Run: func(s *state, c *rpc.Call) error { return s.tuning.SetController(c) }, Doc: "Sets the weights KI KP KD of the controller."},
	{Name: "pl.push_load", Run: func(s *state, c *rpc.Call) error { return s.tuning.PushLoad(c) }, Doc: "Sets the processor load of the present interval, 0.0 to 1.0."},
}

// limited calls f for each pipe that limits, under its lock.
func (s *state) limited(f func(p *pipe)) {
	for _, p := range s.table.sorted() {
		p.mu.Lock()
		if p.Algorithm != limit.NOP {
			f(p)
		}
		p.mu.Unlock()
	}
}

func (s *state) rpcList(c *rpc.Call) error {
	name := c.StrOpt(0, "")
	if c.Len() > 0 && s.table.find(name) == nil {
		return unknown(c, name)
	}
	s.limited(func(p *pipe) {
		if c.Len() > 0 && p.name != name {
			return
		}
		c.AddStruct().Add("name", p.name).Add("algorithm", p.Algorithm.String()).Add("limit", p.Limit).
			Add("counter", p.Counter).Add("last_counter", p.Last).Add("unused_intervals", p.unused)
	})
	return nil
}

func (s *state) rpcStats(c *rpc.Call) error {
	s.limited(func(p *pipe) { c.Add(fmt.Sprintf("PIPE: id=%s load=%d counter=%d", p.name, p.Drop, p.Last)) })
	return nil
}

func (s *state) rpcPipes(c *rpc.Call) error {
	s.limited(func(p *pipe) {
		c.Add(fmt.Sprintf("PIPE: id=%s algorithm=%s limit=%d counter=%d", p.name, p.Algorithm, p.Limit, p.Counter))
	})
	return nil
}

func unknown(c *rpc.Call, name string) error { return c.Fault(400, "Unknown pipe id %s", name) }

// target is the pipe that the first parameter names.
func (s *state) target(c *rpc.Call) (*pipe, error) {
	name, err := c.AsStr(0)
	if err != nil {
		return nil, err
	}
	p := s.table.find(name)
	if p == nil {
		return nil, unknown(c, name)
	}
	return p, nil
}

func (s *state) rpcSetPipe(c *rpc.Call) error {
	algorithm, bound, err := limit.ReadPipe(c, 1)
	if err != nil {
		return err
	}
	p, err := s.target(c)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Set(algorithm, bound)
	return nil
}

func (s *state) rpcReset(c *rpc.Call) error {
	p, err := s.target(c)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Counter, p.Last, p.Drop, p.unused = 0, 0, 0, 0
	return nil
}

func (s *state) rpcRemove(c *rpc.Call) error {
	p, err := s.target(c)
	if err != nil {
		return err
	}
	s.table.remove(p.name)
	return nil
}
