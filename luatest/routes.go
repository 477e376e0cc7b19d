package luatest

import (
	"slices"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// routeRun is one run of a function of the script, and what it left behind.
type routeRun struct {
	name    string // of the function
	event   string
	outcome route.Outcome
	message *route.Message // a copy of the message as it was at the end; nil for events without one
	shard   *kemi.Shard
}

// ran notes a run that has ended.
func (w *world) ran(c *kemi.Ctx, cb route.Callback, outcome route.Outcome) {
	if outcome == route.Absent {
		return
	}
	if outcome == route.Failed {
		w.failed++
	}
	w.routes = append(w.routes, &routeRun{cb.Name, c.Call.Event, outcome, copyOf(c.Msg), c.Shard})
}

// copyOf keeps a message beyond its route. Its variables stay those of the transaction.
func copyOf(m *route.Message) *route.Message {
	if m == nil || m.Message == nil {
		return nil
	}
	received, err := sip.Parse(m.Raw)
	if err != nil {
		return nil
	}
	kept := &route.Message{Message: received, Hand: m.Hand}
	kept.Edits, kept.Branches = m.Edits.Clone(), slices.Clone(m.Branches)
	return kept
}

// runsFor are the runs that had a message in hand.
func (w *world) runsFor(text string) (list []*routeRun) {
	for _, r := range w.routes {
		if r.message != nil && r.message.Raw == text {
			list = append(list, r)
		}
	}
	return list
}

// pv is a pseudo-variable as it would be at the end of the run.
func (w *world) pv(r *routeRun, text string) (kemi.Value, error) {
	v, err := w.server.Registry.Var(text)
	if err != nil {
		return kemi.Null, err
	}
	var value kemi.Value
	w.tasks.run(func() {
		w.server.OnShard(r.shard.ID, func(sh *kemi.Shard) {
			call := &route.Call{Kind: route.RequestRoute, Message: r.message, Branch: -1}
			value = v.Get(&kemi.Ctx{Msg: r.message, Call: call, Server: w.server, Shard: sh})
		})
	})
	return value, nil
}

// event is a run of nothing, in which variables of the server can be read.
func (w *world) event() (r *routeRun, err error) {
	sh := w.server.Shards()[0]
	r = &routeRun{shard: sh}
	r.message, err = w.server.EventMessage(sh)
	return r, err
}
