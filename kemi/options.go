package kemi

import (
	"net/http"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/transport"
)

// Options is what an embedding program gives to New. Config, Modules and Engine are required.
type Options struct {
	Config *config.Config // from config.Load
	// Modules are the modules that the configuration may load. Those named in Always are
	// loaded without a loadmodule line.
	Modules []Module
	Always  []string
	Engine  Engine

	Log      *log.Logger      // nil: nothing is logged
	Clock    clock.Clock      // nil: the machine's
	Net      transport.Net    // nil: the machine's
	Sender   transport.Sender // instead of real transports, for tests
	Resolver resolve.Resolver // nil: the machine's
	Shards   int              // 0: one per core
	Limits   shard.Limits
	Script   ScriptLimits // zero: DefaultScriptLimits
	Version  string       // as core.version and the Server header tell it
	// Args is the command line, for core.arg.
	Args []string

	// What follows is for simulations and tests of scripts.

	// Seed makes what is random here follow from it, so that a run can be repeated; 0: it cannot be foreseen.
	Seed uint64
	// DNS answers the questions of the server's resolver; nil: the servers of the machine's configuration do.
	DNS resolve.Source
	// HTTP answers the requests of HTTP clients; nil: the network does.
	HTTP http.RoundTripper
	// Offline keeps the modules from listening on control sockets and FIFOs of their own.
	Offline bool
	// Database gives another database in the place of a configured one, and may tune it; nil: none.
	Database func(url string, o *db.Options) (at string, err error)
	// OnRoute is told of each run of a script function when it has ended, inside its shard; nil: nobody.
	OnRoute func(c *Ctx, cb route.Callback, outcome route.Outcome)
	// OnShard is shown each shard before it gets its first job; nil: nobody.
	OnShard func(*shard.Shard)
}
