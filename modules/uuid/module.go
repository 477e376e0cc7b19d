// Package uuid makes universally unique identifiers (RFC 9562).
package uuid

import (
	"io"
	"os"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the uuid module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "uuid",
	Doc:  "Universally unique identifiers (RFC 9562), random ones and ones that hold the time.",
	New:  func() *state { return &state{clockFile: clockFile} },
	Funcs: kemi.Funcs[state]{
		{Name: "get", Returns: kemi.AnyValue, Call: (*state).random, Doc: "a random identifier (version 4)"},
		{Name: "rget", Returns: kemi.AnyValue, Call: (*state).random, Doc: "a random identifier (version 4)"},
		{Name: "tget", Returns: kemi.AnyValue, Call: (*state).safe, Doc: "an identifier that holds the time (version 1), safe among processes; empty where the machine has no clock file for that"},
	},
	Vars: kemi.Vars[state]{
		{Name: "uuid", Named: true, Get: (*state).get, Doc: "a new identifier: $uuid(g) and $uuid(r) random, $uuid(t) with the time, $uuid(s) as uuid.tget or null"},
	},
})

// clockFile is where libuuid's programs of one machine keep their common clock sequence.
const clockFile = "/var/lib/libuuid/clock.txt"

// state is the module in one server.
type state struct {
	server    *kemi.Server
	source    io.Reader // of random bytes
	times     times
	clockFile string
}

// Start implements the module's start.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	s.source = server.Random()
	s.times.init(s.source)
	return nil
}

func (s *state) random(*kemi.Ctx, *kemi.Args) kemi.Value { return kemi.Str(random(s.source).String()) }

func (s *state) time() kemi.Value { return kemi.Str(s.times.next(s.server.Clock.Now()).String()) }

// safe is a time identifier only where processes can agree on a clock sequence, as in the
// incumbent; elsewhere a script gets an empty text and can choose a random one.
func (s *state) safe(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if !s.shared(c) {
		return kemi.Str("")
	}
	return s.time()
}

func (s *state) shared(c *kemi.Ctx) bool {
	if _, err := os.Stat(s.clockFile); err == nil {
		return true
	}
	c.Misuse("uuid.tget", "there is no "+s.clockFile+", so that time identifiers are not safe among processes; use uuid.rget")
	return false
}

// get is $uuid(kind). A kind that is not known is random.
func (s *state) get(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	switch a.Inner {
	case "t":
		return s.time()
	case "s":
		if !s.shared(c) {
			return kemi.Null
		}
		return s.time()
	}
	return s.random(c, nil)
}
