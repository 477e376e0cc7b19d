package cfgutils

import (
	"fmt"
	"runtime"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

type funcs = kemi.Funcs[state]

var chanceFuncs = funcs{
	{Name: "rand_event", Returns: kemi.Code, Call: (*state).randEvent, Doc: "1 with the chance that is set, else -1"},
	{Name: "rand_set_prob", Args: "percent int", Returns: kemi.Code, Call: (*state).randSet, Doc: "sets the chance of rand_event for all calls"},
	{Name: "rand_reset_prob", Returns: kemi.Code, Call: (*state).randReset, Doc: "sets the chance to initial_probability"},
	{Name: "rand_get_prob", Returns: kemi.Code, Doc: "the chance that is set, in percent",
		Call: func(s *state, _ *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Int64(s.probability.Load()) }},
}

func (s *state) randEvent(*kemi.Ctx, *kemi.Args) kemi.Value {
	percent := s.probability.Load()
	if percent == 100 || int64(s.random())*100 < percent*maxRandom {
		return yes
	}
	return no
}

// randSet takes any number, as the incumbent: what is above 100 is always, what is below 1 is never.
func (s *state) randSet(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	s.probability.Store(int64(a.Int(0)))
	return yes
}

func (s *state) randReset(*kemi.Ctx, *kemi.Args) kemi.Value {
	s.probability.Store(int64(s.initialProbability))
	return yes
}

var waitFuncs = funcs{
	{Name: "sleep", Args: "seconds int", Returns: kemi.Code, Waits: true, Call: (*state).sleep, Doc: "waits so many seconds; always 1"},
	{Name: "usleep", Args: "microseconds int", Returns: kemi.Code, Waits: true, Call: (*state).usleep, Doc: "waits so many millionths of a second; always 1"},
}

func (s *state) sleep(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.wait(c, "sleep", a.Int(0), time.Second)
}

func (s *state) usleep(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.wait(c, "usleep", a.Int(0), time.Microsecond)
}

// wait lets the shard go on with other calls. It ends early when the server stops.
func (s *state) wait(c *kemi.Ctx, function string, n int, unit time.Duration) kemi.Value {
	if n < 0 {
		c.Misuse("cfgutils."+function, fmt.Sprintf("a negative time: %d", n))
	}
	if n <= 0 {
		return yes
	}
	c.Wait(func() { clock.Sleep(c.Server.Clock, time.Duration(min(n, maxRandom))*unit, s.stopping) })
	return yes
}

var otherFuncs = funcs{
	{Name: "core_hash", Args: "text1 str, text2 str, size int", Returns: kemi.Code, Call: (*state).coreHash, Doc: "hash of one or two texts, from 1 to 2 to the power of size"},
	{Name: "check_route_exists", Args: "route str", Returns: kemi.Code, Call: (*state).hasRoute, Doc: "-1: a configuration that uses Lua has no route blocks"},
	{Name: "route_if_exists", Args: "route str", Returns: kemi.Code, Call: (*state).hasRoute, Doc: "-1: a configuration that uses Lua has no route blocks"},
	{Name: "abort", Returns: kemi.Code, Call: (*state).abort, Doc: "logs that the script gave up, and ends the route; the server goes on"},
	{Name: "pkg_status", Returns: kemi.Code, Call: (*state).memory, Doc: "writes a line about memory to the log"},
	{Name: "pkg_summary", Returns: kemi.Code, Call: (*state).memory, Doc: "writes a line about memory to the log"},
	{Name: "shm_status", Returns: kemi.Code, Call: (*state).memory, Doc: "writes a line about memory to the log"},
	{Name: "shm_summary", Returns: kemi.Code, Call: (*state).memory, Doc: "writes a line about memory to the log"},
}

// mainRoute is the name of the request route, which is always there; it is empty where Lua does the routing.
const mainRoute = "0"

func (s *state) hasRoute(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(0) == mainRoute {
		return yes
	}
	return no
}

// abort does not end the process as the incumbent's does: one message must not take all calls down.
func (s *state) abort(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Log(log.Crit, "cfgutils", c.Where()+": abort called; the route ends here and the server goes on")
	return kemi.Exit
}

func (s *state) memory(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.Log(log.Notice, "cfgutils", fmt.Sprintf("memory: %d bytes in use of %d from the system, %d objects", m.HeapAlloc, m.Sys, m.HeapObjects))
	return yes
}

// coreHash is never 0, since that would end the route of a configuration script.
func (s *state) coreHash(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	slots := uint32(2)
	if n := a.Int(2); n > 0 {
		slots = 1 << (n & 31)
	}
	return kemi.Int(int(int32(hash(a.Str(0), a.Str(1))&(slots-1) + 1)))
}
