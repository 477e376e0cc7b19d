package mqueue

import (
	"fmt"

	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "mq_add", Args: "queue str, key str, value str", Returns: kemi.Code, Call: (*state).mqAdd, Doc: "puts an item at the end; -1 if there is no such queue"},
	{Name: "mq_fetch", Args: "queue str", Returns: kemi.Code, Call: (*state).mqFetch, Doc: "takes the oldest item out, for $mqk and $mqv; -2 if the queue is empty, -1 if there is none"},
	{Name: "mq_pv_free", Args: "queue str", Returns: kemi.Code, Call: (*state).mqFree, Doc: "forgets the item that mq_fetch took out; always 1"},
	{Name: "mq_size", Args: "queue str", Returns: kemi.Code, Call: (*state).mqSize, Doc: "how many items are in the queue; -1 if there is none"},
	{Name: "mqk_get", Args: "queue str", Returns: kemi.AnyValue, Call: fetched(key), Doc: "key of the item that mq_fetch took out; nil without one"},
	{Name: "mqk_gete", Args: "queue str", Returns: kemi.AnyValue, Call: fetched(key), Doc: "the same as mqk_get: nil without an item"},
	{Name: "mqk_getw", Args: "queue str", Returns: kemi.AnyValue, Call: fetched(key), Doc: "the same as mqk_get: nil without an item"},
	{Name: "mqv_get", Args: "queue str", Returns: kemi.AnyValue, Call: fetched(value), Doc: "value of the item that mq_fetch took out; nil without one"},
	{Name: "mqv_gete", Args: "queue str", Returns: kemi.AnyValue, Call: fetched(value), Doc: "the same as mqv_get: nil without an item"},
	{Name: "mqv_getw", Args: "queue str", Returns: kemi.AnyValue, Call: fetched(value), Doc: "the same as mqv_get: nil without an item"},
}

// The results that mean yes and no.
var (
	yes   = kemi.Int(1)
	no    = kemi.Int(-1)
	empty = kemi.Int(-2)
)

// key and value are the parts of an item.
func key(x *item) string   { return x.key }
func value(x *item) string { return x.value }

// queue finds a queue and says so once for each place of the script if there is none.
func (s *state) queue(c *kemi.Ctx, function, name string) *queue {
	q := s.queues[name]
	if q == nil {
		c.Misuse("mqueue."+function, fmt.Sprintf("there is no queue %q", name))
	}
	return q
}

func (s *state) mqAdd(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	q := s.queue(c, "mq_add", a.Str(0))
	if q == nil {
		return no
	}
	q.add(a.Str(1), a.Str(2))
	return yes
}

func (s *state) mqSize(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	q := s.queue(c, "mq_size", a.Str(0))
	if q == nil {
		return no
	}
	return kemi.Int(q.len())
}

func (s *state) mqFetch(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	q := s.queue(c, "mq_fetch", a.Str(0))
	if q == nil {
		return no
	}
	x := q.fetch()
	s.hold(c, q, x)
	if x == nil {
		return empty
	}
	return yes
}

func (s *state) mqFree(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if q := s.queues[a.Str(0)]; q != nil {
		s.hold(c, q, nil)
	}
	return yes
}

// fetched reads a part of the item in hand. Without an item it is nil, whatever the name of the function promises.
func fetched(part func(*item) string) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if x := s.held(c, s.queues[a.Str(0)]); x != nil {
			return kemi.Str(part(x))
		}
		return kemi.Null
	}
}

// part reads a part of the item in hand for a variable, for which an empty one is no value.
func part(of func(*item) string) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		x := s.held(c, s.queues[a.Inner])
		if x == nil || of(x) == "" {
			return kemi.Null
		}
		return kemi.Str(of(x))
	}
}

func getSize(s *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if q := s.queues[a.Inner]; q != nil {
		return kemi.Int(q.len())
	}
	return kemi.Null
}
