package mqueue

import (
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "mqueue.get_size", Run: (*state).rpcSize, Doc: "How many items are in a queue."},
	{Name: "mqueue.get_sizes", Array: true, Run: (*state).rpcSizes, Doc: "How many items are in each queue, the last defined one first."},
	{Name: "mqueue.fetch", Run: (*state).rpcFetch, Doc: "Take the oldest item out of a queue."},
}

// rpcQueue reads the queue's name; the codes differ from command to command as the incumbent's do.
func (s *state) rpcQueue(c *rpc.Call, badName, unknown int) (*queue, error) {
	name, err := c.AsStr(0)
	if err != nil {
		return nil, c.Fault(badName, "No queue name")
	}
	if name == "" {
		return nil, c.Fault(badName, "Invalid queue name")
	}
	if q := s.queues[name]; q != nil {
		return q, nil
	}
	return nil, c.Fault(unknown, "No such queue")
}

func (s *state) rpcSize(c *rpc.Call) error {
	q, err := s.rpcQueue(c, 400, 404)
	if err != nil {
		return err
	}
	c.AddStruct().Add("name", q.name).Add("size", q.len())
	return nil
}

func (s *state) rpcSizes(c *rpc.Call) error {
	for i := len(s.order) - 1; i >= 0; i-- {
		c.AddStruct().Add("name", s.order[i].name).Add("size", s.order[i].len())
	}
	return nil
}

func (s *state) rpcFetch(c *rpc.Call) error {
	q, err := s.rpcQueue(c, 500, 500)
	if err != nil {
		return err
	}
	x := q.fetch()
	if x == nil {
		return c.Fault(404, "Empty queue")
	}
	c.AddStruct().Add("key", x.key).Add("val", x.value)
	return nil
}
