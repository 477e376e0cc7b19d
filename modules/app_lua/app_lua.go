// Package app_lua loads the Lua scripts, and gives scripts KSR.x and KSR.app_lua.
package app_lua

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the app_lua module; its functions stand in KSR.app_lua.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "app_lua",
	Doc:  "Loads the Lua scripts that route, and reloads them while the server runs.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.FuncParam("load", kemi.KindStr, "none", (*state).load, "a script to load; given several times, the scripts are loaded in that order"),
		kemi.IntParam("reload", 0, func(s *state) *int { return &s.reload }, "accepted for old configurations: scripts can always be reloaded"),
		kemi.IntParam("log_mode", 0, func(s *state) *int { return &s.logMode }, "accepted for old configurations: errors always carry a traceback"),
		kemi.IntParam("time_limit", 0, func(s *state) *int { return &s.timeLimit }, "milliseconds that one run of a route may take, waiting not counted; 0: 300, -1: no limit (not in the incumbent)"),
		kemi.IntParam("memory_limit", 0, func(s *state) *int { return &s.memoryLimit }, "MiB that one Lua state may hold; 0: 128, -1: no limit (not in the incumbent)"),
		kemi.IntParam("states", 0, func(s *state) *int { return &s.states }, "Lua states that a shard may have: one runs, the others wait for what their routes asked for; 0: 257 (not in the incumbent)"),
		kemi.FuncParam("libraries", kemi.KindStr, "all", (*state).setLibraries, "the standard libraries that scripts find, of package, table, io, os, string, math, debug and coroutine, separated by blanks; without package there is no require (not in the incumbent)"),
		kemi.FuncParam("register", kemi.KindStr, "none", (*state).register, "accepted for old configurations: the functions of every loaded module are there"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "dofile", Args: "path str", Returns: kemi.Code, Waits: true, Call: (*state).doFile, Doc: "runs a Lua file: 1 done, -1 it cannot be read or fails"},
		{Name: "dostring", Args: "code str", Returns: kemi.Code, Waits: true, Call: (*state).doString, Doc: "runs Lua code: 1 done, -1 it fails"},
		{Name: "runstring", Args: "code str", Returns: kemi.Code, Waits: true, Call: (*state).doString, Doc: "runs Lua code: 1 done, -1 it fails"},
		{Name: "run", Arms: route.AnyRoute, Args: "function str", Returns: kemi.Code, Waits: true, Call: (*state).run, Doc: "calls a function of the scripts: 1 done, -1 there is none or it fails"},
		{Name: "run_p1", Arms: route.AnyRoute, Args: "function str, p1 str", Returns: kemi.Code, Waits: true, Call: (*state).run, Doc: "calls a function with an argument"},
		{Name: "run_p2", Arms: route.AnyRoute, Args: "function str, p1 str, p2 str", Returns: kemi.Code, Waits: true, Call: (*state).run, Doc: "calls a function with two arguments"},
		{Name: "run_p3", Arms: route.AnyRoute, Args: "function str, p1 str, p2 str, p3 str", Returns: kemi.Code, Waits: true, Call: (*state).run, Doc: "calls a function with three arguments"},
	},
	RPC: kemi.Commands[state]{
		{Name: "app_lua.list", Run: (*state).list, Doc: "lists the loaded Lua scripts with their numbers; then tells version, hash, time, who asked for it, all files, and how many transactions still hold older versions"},
		{Name: "app_lua.reload", Run: (*state).reloadScripts, Doc: "reads the scripts anew, or the one with the given number; if anything fails, nothing changes and the answer tells file, line and reason"},
		{Name: "app_lua.limits", Run: (*state).limits, Doc: "tells the limits of scripts and how often each was met"},
		{Name: "app_lua.api_list", Run: (*state).apiList, Doc: "lists the functions that scripts can call"},
	},
	Stats: kemi.Stats[state]{
		count("script_failures", "routes that ended with an error", func(c kemi.ScriptCounts) int64 { return c.Failures }),
		count("time_limit_hits", "runs past the time limit", func(c kemi.ScriptCounts) int64 { return c.TimeLimit }),
		count("memory_limit_hits", "texts and tables that were refused, and runs past the memory limit", func(c kemi.ScriptCounts) int64 { return c.MemoryLimit }),
		count("stack_limit_hits", "runs with too many calls or values on the stack", func(c kemi.ScriptCounts) int64 { return c.StackLimit }),
		count("state_limit_hits", "runs that found all states of their shard waiting", func(c kemi.ScriptCounts) int64 { return c.StateLimit }),
		count("reloads", "reloads of the scripts that were taken over", func(c kemi.ScriptCounts) int64 { return c.Reloads }),
		count("broken_reloads", "reloads that failed and changed nothing", func(c kemi.ScriptCounts) int64 { return c.BrokenReloads }),
	},
})

// count is a statistic that the engine counts.
func count(name, doc string, of func(kemi.ScriptCounts) int64) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "app_lua", Name: name, Counter: true, Doc: doc, Value: func(s *state) int64 { return of(s.counts()) }}
}

// The outcomes of the functions.
var (
	done   = kemi.Int(1)
	failed = kemi.Int(-1)
)

// chunkRunner is what the Lua engine offers beyond kemi.Engine.
type chunkRunner interface {
	DoString(c *kemi.Ctx, code string) error
	DoFile(c *kemi.Ctx, path string) error
}

type state struct {
	server      *kemi.Server
	files       []string
	reload      int
	logMode     int
	timeLimit   int
	memoryLimit int
	states      int
	libraries   string
	limited     kemi.ScriptLimits // as they came out
}

func (s *state) load(v kemi.ParamValue) error {
	s.files = append(s.files, v.Str)
	return nil
}

func (s *state) register(kemi.ParamValue) error { return nil }

// libraries are those of the Lua manual that can be left out.
var libraries = []string{"package", "table", "io", "os", "string", "math", "debug", "coroutine"}

func (s *state) setLibraries(v kemi.ParamValue) error {
	for _, name := range strings.FieldsFunc(v.Str, func(r rune) bool { return r == ' ' || r == ',' }) {
		if !slices.Contains(libraries, name) && name != "all" {
			return fmt.Errorf("there is no library %q: the libraries are %s", name, strings.Join(libraries, ", "))
		}
	}
	if s.libraries = v.Str; v.Str == "all" {
		s.libraries = ""
	}
	return nil
}

// LimitScript implements kemi.ScriptLimiter.
func (s *state) LimitScript(l *kemi.ScriptLimits) {
	if s.timeLimit != 0 {
		l.Time = time.Duration(max(0, s.timeLimit)) * time.Millisecond
	}
	if s.memoryLimit != 0 {
		l.Memory = int64(max(0, s.memoryLimit)) << 20
	}
	if s.states > 0 {
		l.States = s.states
	}
	if s.libraries != "" {
		l.Libraries = s.libraries
	}
	s.limited = *l
}

// Scripts implements kemi.ScriptLister.
func (s *state) Scripts() []string { return s.files }

// Start loads the scripts. Functions that they call at their top level find no message, so
// it does not matter which modules have started.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if server.Engine == nil || len(s.files) == 0 {
		return nil
	}
	return server.Engine.Load(s.files)
}

func (s *state) doFile(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.chunk(c, func(r chunkRunner) error { return r.DoFile(c, a.Str(0)) })
}

func (s *state) doString(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.chunk(c, func(r chunkRunner) error { return r.DoString(c, a.Str(0)) })
}

func (s *state) chunk(c *kemi.Ctx, run func(chunkRunner) error) kemi.Value {
	runner, ok := s.server.Engine.(chunkRunner)
	if !ok {
		return failed
	}
	if err := run(runner); err != nil {
		c.Log(log.Err, "app_lua", err.Error())
		return failed
	}
	return done
}

// run calls a script function in the middle of the present route.
func (s *state) run(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	args := make([]kemi.Value, 0, kemi.MaxArgs)
	for i := 1; i < a.Len(); i++ {
		args = append(args, a.At(i))
	}
	inner := *c // the function's own calls need their own space for arguments
	switch s.server.Engine.Run(&inner, route.Callback{Name: a.Str(0)}, args...) {
	case route.Done, route.Dropped:
		return done
	}
	return failed
}
