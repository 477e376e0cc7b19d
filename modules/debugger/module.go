// Package debugger sets log levels by module and shows a message's variables.
package debugger

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the debugger module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "debugger",
	Doc:  "Log levels by module, and the variables of a message in the log.",
	New:  func() *state { return &state{levels: map[string]log.Level{}} },
	Params: kemi.Params[state]{
		kemi.FuncParam("mod_level", kemi.KindStr, "", (*state).addLevel, "log level of a module, as NAME=LEVEL; may be given several times"),
		kemi.IntParam("mod_level_mode", 0, func(s *state) *int { return &s.levelMode }, "1 has the levels of modules count"),
		kemi.FuncParam("mod_facility", kemi.KindStr, "", (*state).addFacility, "syslog facility of a module, as NAME=FACILITY; kept and shown, the log goes to stderr"),
		kemi.IntParam("mod_facility_mode", 0, func(s *state) *int { return &s.unused }, "accepted, as mod_facility"),
		kemi.IntParam("mod_hash_size", 0, func(s *state) *int { return &s.unused }, "accepted; the levels need no table of a fixed size"),
		kemi.IntParam("reset_msgid", 0, func(s *state) *int { return &s.resetID }, "1 permits dbg.reset_msgid"),
		kemi.IntParam("log_level", -1, func(s *state) *int { return &s.logLevel }, "level of what dbg_pv_dump writes"),
		kemi.StrParam("log_level_name", "", func(s *state) *string { return &s.unusedText }, "accepted, as log_facility"),
		kemi.StrParam("log_facility", "", func(s *state) *string { return &s.unusedText }, "accepted; the log goes to stderr"),
		kemi.StrParam("log_prefix", "*** cfgtrace:", func(s *state) *string { return &s.unusedText }, "accepted, as cfgtrace"),
		kemi.IntParam("cfgtrace", 0, func(s *state) *int { return &s.unused }, "accepted; it traces the incumbent's own routes, and \"moonroute trace\" follows those of Lua"),
		kemi.IntParam("cfgtrace_format", 0, func(s *state) *int { return &s.unused }, "accepted, as cfgtrace"),
		kemi.IntParam("log_assign", 0, func(s *state) *int { return &s.unused }, "accepted, as cfgtrace"),
		kemi.IntParam("breakpoint", 0, func(s *state) *int { return &s.unused }, "accepted; there are no actions to stop at"),
		kemi.IntParam("step_usleep", 100000, func(s *state) *int { return &s.unused }, "accepted, as breakpoint"),
		kemi.IntParam("step_loops", 200, func(s *state) *int { return &s.unused }, "accepted, as breakpoint"),
		kemi.IntParam("cfgpkgcheck", 0, func(s *state) *int { return &s.unused }, "accepted; there is no private memory to check"),
		kemi.IntParam("cfgtest", 0, func(s *state) *int { return &s.unused }, "accepted, as cfgtrace"),
	},
	Funcs: kemi.NeedMessage(kemi.Funcs[state]{
		{Name: "dbg_pv_dump", Returns: kemi.Code, Call: (*state).dump, Doc: "writes the XAVPs of the message to the log, as JSON"},
		{Name: "dbg_pv_dump_ex", Args: "mask int, level int", Returns: kemi.Code, Call: (*state).dumpAt, Doc: "dbg_pv_dump at a log level; the mask chooses kinds of variables: 8 the XAVPs, the others are not shown"},
	}, kemi.Int(-1)),
	RPC: commands,
})

// state is the module in one server. What is set here is fixed at the start, but for the facilities.
type state struct {
	levelMode, resetID, logLevel int
	unused                       int
	unusedText                   string
	levels                       map[string]log.Level
	facilities                   facilities
	server                       *kemi.Server
}

func (s *state) addLevel(v kemi.ParamValue) error {
	name, level, _ := strings.Cut(v.Str, "=")
	n, err := strconv.Atoi(strings.TrimSpace(level))
	if err != nil || name == "" {
		return fmt.Errorf("mod_level %q: want NAME=LEVEL with a number", v.Str)
	}
	s.levels[strings.TrimSpace(name)] = log.Level(n)
	return nil
}

// Start puts the levels into force.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.levelMode != 0 {
		for name, level := range s.levels {
			server.Log.SetModuleThreshold(speaker(name), level)
		}
	}
	return nil
}

// speaker is a module as log records name it.
func speaker(module string) string {
	if module == "core" {
		return "<core>"
	}
	return module
}
