// Package rtimer runs functions of the script in intervals.
package rtimer

import (
	"errors"
	"fmt"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the rtimer module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "rtimer",
	Doc:  "Functions of the script that run in intervals.",
	New:  func() *state { return &state{timers: map[string]*timer{}} },
	Params: kemi.Params[state]{
		kemi.IntParam("default_interval", 120, func(s *state) *int { return &s.interval }, "seconds between two runs of a timer that has no interval").Within(1, maxSeconds),
		kemi.FuncParam("timer", kemi.KindStr, "", (*state).addTimer, "defines a timer: name=NAME;interval=SECONDS;mode=N; an interval may be microseconds, as 500000u, and N above 1 makes as many workers, each of which runs; may be given several times"),
		kemi.FuncParam("exec", kemi.KindStr, "", (*state).addExec, "names a function of the script to run on a timer: timer=NAME;route=FUNCTION; may be given several times"),
	},
	Vars: kemi.Vars[state]{
		{Name: "rtimer_worker", Get: worker, Doc: "number of the timer's worker that runs, from 0"},
	},
	Events: []kemi.Event{{Name: "rtimer", Param: "exec", Doc: "the timer's interval has passed; a made-up OPTIONS request is in hand"}},
})

// state is the module in one server. The timers do not change after the start.
type state struct {
	server   *kemi.Server
	interval int
	timers   map[string]*timer
	execs    []exec
}

// Start begins all timers. Their first run is an interval later.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	for _, e := range s.execs {
		t := s.timers[e.timer]
		if t == nil {
			return fmt.Errorf("exec of %s: there is no timer %q", e.function, e.timer)
		}
		t.functions = append(t.functions, e.function)
	}
	server.OnReady(s.begin)
	return nil
}

var errTwice = errors.New("the timer is defined twice")

func (s *state) addTimer(v kemi.ParamValue) error {
	t, err := parseTimer(v.Str)
	if err == nil && s.timers[t.name] != nil {
		err = errTwice
	}
	if err != nil {
		return fmt.Errorf("timer %q: %w", v.Str, err)
	}
	s.timers[t.name] = t
	return nil
}

func (s *state) addExec(v kemi.ParamValue) error {
	e, err := parseExec(v.Str)
	if err != nil {
		return fmt.Errorf("exec %q: %w", v.Str, err)
	}
	s.execs = append(s.execs, e)
	return nil
}
