package ratelimit

import (
	"fmt"
	"slices"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "rl.stats", Run: (*state).rpcStats, Doc: "Shows the load and the limit of all pipes."},
	{Name: "rl.get_pipes", Run: (*state).rpcPipes, Doc: "Shows the pipes that are defined, with their algorithms."},
	{Name: "rl.set_pipe", Run: (*state).rpcSetPipe, Doc: "Sets NUMBER ALGORITHM LIMIT of a pipe."},
	{Name: "rl.get_queues", Run: (*state).rpcQueues, Doc: "Shows the queues."},
	{Name: "rl.set_queue", Run: (*state).rpcSetQueue, Doc: "Sets METHOD and PIPE of the queue NUMBER, which must be there."},
	{Name: "rl.get_pid", Run: func(s *state, c *rpc.Call) error { return s.tuning.Show(c) }, Doc: "Shows the weights of the controller of FEEDBACK pipes."},
	{Name: "rl.set_pid", Run: func(s *state, c *rpc.Call) error { return s.tuning.SetController(c) }, Doc: "Sets the weights KI KP KD of the controller."},
	{Name: "rl.push_load", Run: func(s *state, c *rpc.Call) error { return s.tuning.PushLoad(c) }, Doc: "Sets the processor load of the present interval, 0.0 to 1.0."},
	{Name: "rl.set_dbg", Run: (*state).rpcDebug, Doc: "1: log the counts of all pipes at the end of each interval."},
}

// show is a pipe's line in rl.get_pipes. The caller holds the lock.
func (p *pipe) show(i int) string {
	return fmt.Sprintf("PIPE[%d]: %d:%s %d/%d (drop rate: %d) [%d]", i, p.Algorithm, p.Algorithm, p.Last, p.Limit, p.Drop, p.Counter)
}

func (s *state) rpcStats(c *rpc.Call) error {
	for i := range s.pipes {
		p := &s.pipes[i]
		p.mu.Lock()
		c.Add(fmt.Sprintf("PIPE[%d]: %d/%d (drop rate: %d)", i, p.Last, p.Limit, p.Drop))
		p.mu.Unlock()
	}
	return nil
}

func (s *state) rpcPipes(c *rpc.Call) error {
	for i := range s.pipes {
		p := &s.pipes[i]
		p.mu.Lock()
		if p.Algorithm != limit.NOP {
			c.Add(p.show(i))
		}
		p.mu.Unlock()
	}
	return nil
}

func (s *state) rpcSetPipe(c *rpc.Call) error {
	i, err := c.Int(0)
	if err != nil {
		return err
	}
	algorithm, n, err := limit.ReadPipe(c, 1)
	if err != nil {
		return err
	}
	if i < 0 || i >= maxPipes {
		return c.Fault(400, "Unknown pipe")
	}
	p := &s.pipes[i]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Set(algorithm, n)
	return nil
}

func (s *state) rpcQueues(c *rpc.Call) error {
	for i, q := range *s.queues.Load() {
		c.Add(fmt.Sprintf("QUEUE[%d]: %d:%s", i, q.pipe, q.method))
	}
	return nil
}

func (s *state) rpcSetQueue(c *rpc.Call) error {
	i, err := c.Int(0)
	if err != nil {
		return err
	}
	method, err := c.Str(1)
	if err != nil {
		return err
	}
	n, err := c.Int(2)
	if err != nil {
		return err
	}
	if n < 0 || n >= maxPipes {
		return c.Fault(400, "Invalid pipe number")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(*s.queues.Load())
	if i < 0 || i >= int64(len(list)) {
		return c.Fault(400, "MAX_QUEUES reached")
	}
	list[i] = queue{method, int(n)}
	s.queues.Store(&list)
	return nil
}

func (s *state) rpcDebug(c *rpc.Call) error {
	on, err := c.Int(0)
	if err != nil {
		return err
	}
	s.debug.Store(on != 0)
	return nil
}
