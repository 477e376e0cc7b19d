package kemi

import (
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/route"
)

// callbacks are the names of the default functions, by kind of route.
type callbacks struct{ request, reply, onsend string }

func (c *callbacks) read(cfg *config.Config) {
	c.request = callbackName(cfg, "kemi.request_route_callback", "ksr_request_route")
	c.reply = callbackName(cfg, "kemi.reply_route_callback", "ksr_reply_route")
	c.onsend = callbackName(cfg, "kemi.onsend_route_callback", "ksr_onsend_route")
}

// callbackName is the configured name; "none" turns the route off.
func callbackName(cfg *config.Config, param, def string) string {
	name := cfg.Str(param, def)
	if name == "none" {
		return ""
	}
	return name
}

func (c *callbacks) of(k route.Kind) string {
	switch k {
	case route.RequestRoute:
		return c.request
	case route.CoreReplyRoute:
		return c.reply
	case route.OnSendRoute:
		return c.onsend
	}
	return ""
}

// script is the server as core sees it: the routes of a deployment.
type script struct{ *Server }

// Has implements route.Script.
func (x script) Has(k route.Kind) bool {
	name := x.callbacks.of(k)
	return name != "" && x.Engine.Has(name)
}

// Run implements route.Script.
func (x script) Run(c *route.Call) route.Outcome {
	return x.run(x.shards[c.Message.Shard], c)
}

func (s *Server) run(sh *Shard, c *route.Call) route.Outcome {
	cb := c.Callback
	if !cb.Set() {
		if cb.Name = s.callbacks.of(c.Kind); cb.Name == "" {
			return route.Absent
		}
	}
	ctx := sh.take()
	ctx.Msg, ctx.Call, ctx.Server, ctx.Shard = c.Message, c, s, sh
	if s.Trace.On() {
		s.follow(ctx, cb)
	}
	outcome := s.runFunction(ctx, cb)
	if s.onRoute != nil {
		s.onRoute(ctx, cb, outcome)
	}
	sh.give(ctx)
	if c.Message != nil && c.Message.Dropped && outcome == route.Done {
		return route.Dropped
	}
	return outcome
}

// runFunction calls the script function, with the event's name if one has happened.
func (s *Server) runFunction(ctx *Ctx, cb route.Callback) route.Outcome {
	var args []Value
	if ctx.Call.Kind == route.EventRoute || ctx.Call.Event != "" {
		args = []Value{Str(ctx.Call.Event)}
	}
	if s.Latency.Routes != nil {
		return s.Latency.Routes.timed(ctx, cb, args)
	}
	return s.Engine.Run(ctx, cb, args...)
}

// take gets a context for a run; runs nest (a route that relays runs its branch routes) and wait.
func (sh *Shard) take() *Ctx {
	n := len(sh.free)
	if n == 0 {
		return new(Ctx)
	}
	c := sh.free[n-1]
	sh.free = sh.free[:n-1]
	return c
}

func (sh *Shard) give(c *Ctx) {
	c.Msg, c.Call, c.Trace, c.Refuse, c.Position = nil, nil, nil, nil, nil
	c.Args.forget()
	sh.free = append(sh.free, c)
}

// Arm names a callback together with the script version that asked for it.
func (c *Ctx) Arm(function string) route.Callback {
	return route.Callback{Name: function, Version: c.Server.Engine.Version(c)}
}

// DefaultRoutes are the names of the script functions that run without being armed, by route; a route that is turned off is missing.
func (s *Server) DefaultRoutes() map[route.Kind]string {
	names := map[route.Kind]string{}
	for _, k := range []route.Kind{route.RequestRoute, route.CoreReplyRoute, route.OnSendRoute} {
		if name := s.callbacks.of(k); name != "" {
			names[k] = name
		}
	}
	return names
}
