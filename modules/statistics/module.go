// Package statistics lets scripts define statistics of their own and change any statistic.
package statistics

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the statistics module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "statistics",
	Doc:  "Statistics of the script's own, in the group \"script\", and changes of any statistic by its name.",
	New:  func() *state { return &state{own: map[string]stat.Stat{}} },
	Params: kemi.Params[state]{
		kemi.FuncParam("variable", kemi.KindStr, "", (*state).define, "defines a statistic: NAME, or NAME/no_reset for one that cannot be reset; may be given several times"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "update_stat", Args: "name str, delta int", Returns: kemi.Code, Call: (*state).update, Doc: "adds to a statistic, or takes away with a negative number; -1 if there is none with that name"},
		{Name: "reset_stat", Args: "name str", Returns: kemi.Code, Call: (*state).reset, Doc: "sets a statistic to 0 if it can be reset; -1 if there is none with that name"},
	},
})

// group is where the script's own statistics are listed.
const group = "script"

// state is the module in one server. The set of statistics does not change after the start.
type state struct {
	server *kemi.Server
	own    map[string]stat.Stat
}

// steady is a counter that only the script changes.
type steady struct{ stat.Counter }

// Reset does nothing.
func (*steady) Reset() {}

// define reads "NAME" and "NAME/no_reset".
func (s *state) define(v kemi.ParamValue) error {
	name, flag, flagged := strings.Cut(v.Str, "/")
	switch {
	case name == "" || flagged && flag != "no_reset":
		return fmt.Errorf("variable %q: want NAME or NAME/no_reset", v.Str)
	case s.own[name] != nil:
		return fmt.Errorf("variable %s is defined twice", name)
	case flagged:
		s.own[name] = new(steady)
	default:
		s.own[name] = new(stat.Counter)
	}
	return nil
}

// Start implements the module's start.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	for name, x := range s.own {
		if err := server.Stats.Add(group, name, x); err != nil {
			return err
		}
	}
	return nil
}

// find looks among the script's own statistics first, which needs no lock, then in all groups.
func (s *state) find(c *kemi.Ctx, name string) stat.Stat {
	if x := s.own[name]; x != nil {
		return x
	}
	if e, ok := s.server.Stats.ByName(name); ok {
		return e.Stat
	}
	c.Log(log.Err, "statistics", "there is no statistic <"+name+">")
	return nil
}

// adder is a statistic that can be changed. What is computed, such as free memory, cannot:
// update_stat succeeds and does nothing then, as in the incumbent.
type adder interface{ Add(n int64) }

func (s *state) update(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.find(c, a.Str(0))
	if x == nil {
		return kemi.Int(-1)
	}
	if x, ok := x.(adder); ok {
		x.Add(int64(a.Int(1)))
	}
	return kemi.Int(1)
}

func (s *state) reset(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.find(c, a.Str(0))
	if x == nil {
		return kemi.Int(-1)
	}
	x.Reset()
	return kemi.Int(1)
}
