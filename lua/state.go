package lua

import (
	"errors"
	"runtime/metrics"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua/libs"
)

// The sizes of a state's stacks. Calls nest to a fixed depth; the data stack grows up to
// its bound, where the script gets an error.
const (
	callDepth   = 1000
	stackSize   = 1024
	stackGrowth = 16 * 1024
	stackLimit  = 256 * 1024
)

// state is one Lua state with the scripts loaded. It runs one route at a time, with the
// routes nested in it (a branch route inside t_relay), and belongs to one shard.
type state struct {
	engine  *engine
	version *version
	L       *glua.LState

	budget
	ctx      *kemi.Ctx    // of the innermost route; nil while the scripts are loaded
	job      shard.Token  // the shard's job that the route is part of
	thread   *glua.LState // that called the host last: the main one, or a coroutine
	position func() string
	refuse   func(reason string)
	loading  bool
	touched  bool // the KSR tables may not be as they were made
	nesting
	callers  []caller    // straight functions that called straight ones, as deep as nesting says
	returned glua.LValue // what a straight function returned, until whoever called it takes it
	left     bool        // a straight function has left the route
	tooBig   bool        // to be measured, and maybe dropped, after the run

	runs, nextMeasure int
	exit
	links
	boxes   []glua.LValue // see box
	handles *libs.Handles // what its libraries have open
	loader  *kemi.Ctx     // of the route that waits for the state to be made
	sample  []metrics.Sample
	trace   *glua.LFunction // debug.traceback
}

// newState makes a state and runs the version's scripts in it. C is the context of the route that needs it, whose shard is let go of
// while the scripts wait for something; nil at a load.
func (v *version) newState(c *kemi.Ctx) (*state, error) {
	s := &state{engine: v.engine, version: v, loader: c, handles: new(libs.Handles), nextMeasure: measureEvery}
	s.L = glua.NewState(glua.Options{
		SkipOpenLibs: true, CallStackSize: callDepth,
		RegistrySize: stackSize, RegistryMaxSize: stackLimit, RegistryGrowStep: stackGrowth,
		IncludeGoStackTrace: true, // where a KSR function panicked
	})
	s.thread = s.L
	s.L.G.Registry.Metatable = &glua.LUserData{Value: s, Metatable: glua.LNil}
	s.sample = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	s.position = func() string { return position(s.thread) }
	s.refuse = func(reason string) { s.thread.RaiseError("%s", reason) }
	s.prepareExit()
	err := s.open()
	s.loader = nil
	if err != nil {
		s.close()
		return nil, err
	}
	v.engine.keep(s)
	return s, nil
}

// open fills the state: libraries, KSR, the embedding program's values, the scripts.
func (s *state) open() error {
	s.loading, s.uses = true, newGlobals()
	defer func() { s.loading = false }()
	s.begin(s.engine.loadTime())
	if err := s.protected(func() { s.openLibraries() }); err != nil {
		return err
	}
	s.openKSR()
	for _, setup := range s.engine.options.Setup {
		if err := s.protected(func() { setup(s.L) }); err != nil {
			return err
		}
	}
	s.touched = len(s.engine.options.Setup) > 0 && !s.pristine(s.engine.tables)
	for i, file := range s.version.files {
		if err := s.runMain(file, s.version.mains[i]); err != nil {
			return err
		}
	}
	s.link()
	s.L.Options.CallStackSize, s.L.Options.MinimizeStackMemory = callDepth, true // of coroutines
	return nil
}

// protected runs f and turns what it raises into an error.
func (s *state) protected(f func()) error {
	return s.L.GPCall(func(*glua.LState) int { f(); return 0 }, glua.LNil)
}

// runMain runs the top level of one script. Leaving it with KSR.x.exit is no error.
func (s *state) runMain(file string, main chunk) error {
	s.L.Push(s.runAtOnce(main))
	err := s.L.PCall(0, 0, nil)
	if err == nil || isExit(err) {
		return nil
	}
	return loadError(file, err)
}

// instance makes a function of a chunk in this state.
func (s *state) instance(c chunk) *glua.LFunction {
	s.meet(c, false)
	return s.L.NewFunctionFromProto(c.proto)
}

// runAtOnce is instance for a function that is called now, and not again.
func (s *state) runAtOnce(c chunk) *glua.LFunction {
	s.meet(c, true)
	if !s.loading {
		return s.L.NewFunctionFromProto(c.proto)
	}
	return s.L.NewFunctionFromProto(s.copyCode(c.proto))
}

// loadError says where a script failed at its top level.
func loadError(file string, err error) error {
	reason := err.Error()
	var api *glua.ApiError
	if errors.As(err, &api) {
		reason = api.Object.String()
	}
	var wrong *Error
	if errors.As(err, &wrong) { // in a file that it requires
		return wrong
	}
	where, rest, ok := splitPosition(reason)
	if !ok {
		return &Error{File: file, Reason: reason, Err: err}
	}
	return &Error{File: where.File, Line: where.Line, Reason: rest, Err: err}
}

// stateOf finds the state that a thread belongs to. It hangs where no script can reach.
func stateOf(L *glua.LState) *state {
	return L.G.Registry.Metatable.(*glua.LUserData).Value.(*state)
}

// goFunction makes a Go function callable from all states.
func goFunction(f glua.LGFunction) *glua.LFunction {
	return &glua.LFunction{IsG: true, Env: &glua.LTable{Metatable: glua.LNil}, GFunction: f}
}

// position is where the script stands that runs in a thread, "file:line".
func position(L *glua.LState) string {
	for level := range callDepth {
		if _, ok := L.GetStack(level); !ok {
			break
		}
		if where := L.Where(level); where != "" && !strings.HasPrefix(where, "[G]") {
			return strings.TrimSuffix(where, ":")
		}
	}
	return ""
}
