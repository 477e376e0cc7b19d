package kemi

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/trace"
)

// Ctx is one run of a route: what every KSR function and pseudo-variable is given. It is
// reused by later runs, so nobody keeps it beyond the call.
type Ctx struct {
	Msg    *route.Message // the message in hand; nil in events that have none
	Call   *route.Call    // why the route runs
	Server *Server
	Shard  *Shard
	Args   Args // the engine's working space for arguments

	// Trace is told of what the route does; nil: nobody watches.
	Trace *trace.Hub

	// Refuse ends the function in hand with an error of the script; the engine sets it.
	Refuse func(reason string)

	// Position tells where the script stands, "file:line"; the engine sets it.
	Position func() string
}

// Shard is what the host keeps for each shard of core.
type Shard struct {
	*shard.Shard
	TM *tm.Table // the shard's transactions
	// Local holds the part of a module for this shard, by the module's own key.
	Local map[any]any
	// ScriptFlags are the flags of setsflag, which outlive messages as in a worker process.
	ScriptFlags uint32
	free        []*Ctx
	texts       shardTexts
	badURIs     *atomic.Uint64 // of the server; nil: they are not counted
}

// Kind is the route that runs.
func (c *Ctx) Kind() route.Kind { return c.Call.Kind }

// IsReply tells whether the message in hand is a reply.
func (c *Ctx) IsReply() bool { return !c.Msg.IsRequest }

// Wait lets go of the shard while f runs: a database, a name lookup, a child process. The
// script reads as if it blocked; other calls go on. The messages of this call are held in order.
// Where as many jobs wait as may, the route ends with an error, so that no other call has to wait for it.
func (c *Ctx) Wait(f func()) {
	c.refuseCrowd()
	c.Shard.Wait(f)
}

// WaitIfSlow is Wait for what is mostly done at once: f has the shard until it calls slow, which it does before it blocks
// for longer than a few tenths of a millisecond.
func (c *Ctx) WaitIfSlow(f func(slow func())) {
	c.refuseCrowd()
	c.Shard.WaitIfSlow(f)
}

// refuseCrowd ends the route where no more may wait.
func (c *Ctx) refuseCrowd() {
	if c.Refuse != nil && c.Shard.Crowded() {
		c.Shard.Stats.Refused.Add(1)
		c.Refuse("too many routes wait already: nothing more is asked for")
	}
}

// Log writes a record in a module's name.
func (c *Ctx) Log(level log.Level, module, text string) { c.Server.Log.Write(level, module, text) }

// Misuse logs once for each place of the script that a function was called wrongly, and
// with what; the script goes on with what the incumbent gives.
func (c *Ctx) Misuse(function, what string) {
	where := c.Where()
	c.Server.Log.Once(where+function, log.Err, "<script>", where+": KSR."+function+": "+what)
}

// Where is the script's present line, "file:line", or "" outside a script.
func (c *Ctx) Where() string {
	if c.Position == nil {
		return ""
	}
	return c.Position()
}
