package kemi

import (
	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/resolve"
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
}
