// Package timer runs functions of the script in intervals that the script can switch on and off.
package timer

import (
	"fmt"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the timer module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "timer",
	Doc:  "Functions of the script that run in intervals of milliseconds and can be switched on and off.",
	New:  func() *state { return &state{timers: map[string]*timer{}} },
	Params: kemi.Params[state]{
		kemi.FuncParam("declare_timer", kemi.KindStr, "", (*state).declare, "declares a timer: NAME=FUNCTION,MILLISECONDS,slow|fast,enable; what follows the milliseconds may be missing; may be given several times"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "timer_enable", Args: "name str, on int", Returns: kemi.Code, Call: (*state).enable, Doc: "switches a timer on (1) or off (0); -1 if there is none with that name"},
	},
	Events: []kemi.Event{{Name: "timer", Param: "declare_timer", Doc: "the timer's interval has passed; a made-up OPTIONS request is in hand"}},
})

// state is the module in one server. The set of timers does not change after the start.
type state struct {
	server *kemi.Server
	timers map[string]*timer
}

// Start implements the module's start. A timer that is enabled runs for the first time an
// interval later.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	server.OnReady(s.begin)
	return nil
}

func (s *state) declare(v kemi.ParamValue) error {
	t, err := parse(v.Str)
	if err != nil {
		return fmt.Errorf("declare_timer %q: %w", v.Str, err)
	}
	if s.timers[t.name] != nil {
		return fmt.Errorf("declare_timer: %s is declared twice", t.name)
	}
	s.timers[t.name] = t
	return nil
}

func (s *state) enable(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.timers[a.Str(0)]
	if t == nil {
		c.Misuse("timer.timer_enable", "there is no timer "+a.Str(0))
		return kemi.Int(-1)
	}
	s.turn(t, a.Int(1) != 0)
	return kemi.Int(1)
}
