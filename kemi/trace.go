package kemi

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/trace"
)

// makeTrace prepares the tracing of calls; it costs next to nothing until somebody watches.
func (s *Server) makeTrace() {
	var stop func()
	s.Trace = trace.NewHub(s.Clock, func(on bool) {
		if !on {
			stop()
			return
		}
		remove := s.Core.Tap(s.Trace)
		ctx, cancel := context.WithCancel(s.ctx)
		stop = func() { remove(); cancel() }
		s.Go(func(context.Context) { s.forgetWatchers(ctx) })
	})
}

// forgetWatchers ends sessions that nobody reads any more.
func (s *Server) forgetWatchers(ctx context.Context) {
	t := time.NewTicker(trace.Patience / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.Trace.Clean()
		}
	}
}

// follow has a run noted if its message's call is followed.
func (s *Server) follow(c *Ctx, cb route.Callback) {
	if c.Msg == nil || !s.Trace.Follows(c.Msg.CallID()) {
		return
	}
	c.Trace = s.Trace
	s.Trace.Note(trace.Event{Kind: trace.Route, CallID: c.Msg.CallID(), Name: cb.Name})
}

// Invoke calls the function, and notes it where the route is followed.
func (f *BoundFunc) Invoke(c *Ctx, a *Args) Value {
	if c.Trace != nil {
		return f.traced(c, a)
	}
	return f.Call(c, a)
}

func (f *BoundFunc) traced(c *Ctx, a *Args) Value {
	hub, id, where := c.Trace, c.Msg.CallID(), c.Where()
	args, begun := f.shown(a), time.Now()
	v := f.Call(c, a)
	hub.Note(trace.Event{Kind: trace.Function, CallID: id, Name: f.scriptName(), Args: args, Result: v.shown(), Took: time.Since(begun), Where: where})
	return v
}

// scriptName is how scripts write it: "KSR.tm.t_relay", "KSR.info".
func (f *BoundFunc) scriptName() string {
	if f.Table == "core" {
		return "KSR." + f.Name
	}
	return "KSR." + f.Table + "." + f.Name
}

// shown is the arguments as a script writes them, texts in quotes, passwords left out.
func (f *BoundFunc) shown(a *Args) string {
	list := make([]string, a.n)
	for i := range list {
		if list[i] = a.vals[i].shown(); i < len(f.Args) && secrets[f.Args[i].Name] {
			list[i] = "***"
		}
	}
	return strings.Join(list, ", ")
}

// secrets are the names of arguments that nobody is shown.
var secrets = map[string]bool{"password": true, "passwd": true, "secret": true, "ha1": true}

// maxShown is how much of a text is shown.
const maxShown = 200

// shown is a value for people.
func (v Value) shown() string {
	switch v.kind {
	case KindNull:
		return "nil"
	case KindStr:
		if len(v.text) > maxShown {
			return strconv.Quote(v.text[:maxShown]) + "..."
		}
		return strconv.Quote(v.text)
	}
	return v.Text()
}
