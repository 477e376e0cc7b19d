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
	var outcome route.Outcome
	if c.Kind == route.EventRoute || c.Event != "" {
		outcome = s.Engine.Run(ctx, cb, Str(c.Event))
	} else {
		outcome = s.Engine.Run(ctx, cb)
	}
	sh.give(ctx)
	if c.Message != nil && c.Message.Dropped && outcome == route.Done {
		return route.Dropped
	}
	return outcome
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
	*c = Ctx{}
	sh.free = append(sh.free, c)
}

// Arm names a callback together with the script version that asked for it.
func (c *Ctx) Arm(function string) route.Callback {
	return route.Callback{Name: function, Version: c.Server.Engine.Version(c)}
}
