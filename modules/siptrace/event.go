package siptrace

import (
	"fmt"
	"strconv"

	"github.com/moonroute/moonroute/core/hash"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// recordKey is where the message of an event keeps its copy.
type recordKey struct{}

// keys are the parts of a copy that the event route sees.
var keys = map[string]func(r *record) kemi.Value{
	"src_addr":  func(r *record) kemi.Value { return kemi.Str(r.from.String()) },
	"src_ip":    func(r *record) kemi.Value { return kemi.Str(r.from.addr.Addr().String()) },
	"src_port":  func(r *record) kemi.Value { return kemi.Int(int(r.from.addr.Port())) },
	"src_proto": func(r *record) kemi.Value { return kemi.Str(r.from.proto.String()) },
	"dst_addr":  func(r *record) kemi.Value { return kemi.Str(r.to.String()) },
	"dst_ip":    func(r *record) kemi.Value { return kemi.Str(r.to.addr.Addr().String()) },
	"dst_port":  func(r *record) kemi.Value { return kemi.Int(int(r.to.addr.Port())) },
	"dst_proto": func(r *record) kemi.Value { return kemi.Str(r.to.proto.String()) },
	"msg":       func(r *record) kemi.Value { return kemi.Str(r.text) },
}

func parseKey(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if keys[inner] == nil {
		return nil, fmt.Errorf("$siptrace(%s): there is no such part", inner)
	}
	return keys[inner], nil
}

func traced(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	r, _ := c.Msg.Extra[recordKey{}].(*record)
	if r == nil {
		return kemi.Null
	}
	return a.Data.(func(*record) kemi.Value)(r)
}

// maxAsked is how many copies may wait for the event route; past it they are dropped and counted.
const maxAsked = 4096

// offer sends a copy where it shall go, if the event route does not drop it. The route runs beside the message's
// own way; the copies of one call stay in order, as one shard asks about all of them.
func (s *state) offer(r *record, collect, store bool) {
	if s.callback == "" {
		s.emit(r, collect, store)
		return
	}
	if s.asked.Add(1) > maxAsked {
		s.asked.Add(-1)
		s.dropped.Add(1)
		return
	}
	shards := s.server.Shards()
	sh := shards[hash.Sum(r.callID)%uint32(len(shards))]
	sh.Post(0, ask{s, sh, r, collect, store})
}

// ask is the turn of a copy in a shard.
type ask struct {
	*state
	sh             *kemi.Shard
	r              *record
	collect, store bool
}

// Run implements shard.Job.
func (x ask) Run() {
	defer x.asked.Add(-1)
	m, err := x.server.EventMessage(x.sh)
	if err != nil {
		x.dropped.Add(1)
		return
	}
	m.Extra = map[any]any{recordKey{}: x.r}
	x.server.Raise(x.sh, x.callback, eventMessage, m)
	if !m.Dropped {
		x.emit(x.r, x.collect, x.store)
	}
}

func (s *state) rpcStatus(c *rpc.Call) error {
	what, err := c.AsStr(0)
	if err != nil {
		return c.Fault(500, "Bad parameter: want on, off or check")
	}
	switch what {
	case "on":
		s.on.Store(true)
		c.Add("Enabled")
	case "off":
		s.on.Store(false)
		c.Add("Disabled")
	case "check":
		c.Add(map[bool]string{true: "Enabled", false: "Disabled"}[s.on.Load()])
	default:
		return c.Fault(500, "Bad parameter %s: want on, off or check", strconv.Quote(what))
	}
	return nil
}
