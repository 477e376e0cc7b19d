// Package counters lets scripts count, in groups, and shows all statistics by group.
package counters

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the counters module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "counters",
	Doc:  "Counters of the script's own, with groups and descriptions, and commands that show all counters of the server by group.",
	New:  func() *state { return &state{own: map[id]*stat.Counter{}, help: map[id]string{}} },
	Params: kemi.Params[state]{
		kemi.FuncParam("script_counter", kemi.KindStr, "", (*state).declare, "declares a counter: [GROUP.]NAME, with a description after a blank or a colon; may be given several times"),
		kemi.StrParam("script_cnt_grp_name", "script", func(s *state) *string { return &s.group }, "group of counters that name none"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "inc", Args: "name str", Returns: kemi.Code, Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.add(c, a.Str(0), 1) }, Doc: "adds 1 to the counter [GROUP.]NAME; -1 if there is none"},
		{Name: "add", Args: "name str, delta int", Returns: kemi.Code, Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.add(c, a.Str(0), a.Int(1)) }, Doc: "adds a number to the counter [GROUP.]NAME; -1 if there is none"},
		{Name: "reset", Args: "name str", Returns: kemi.Code, Call: (*state).reset, Doc: "sets a counter of the script's group to 0; -1 if there is none"},
	},
	RPC: commands,
})

// id names a counter.
type id struct{ group, name string }

// state is the module in one server. The set of counters does not change after the start.
type state struct {
	server   *kemi.Server
	group    string
	declared []declaration
	own      map[id]*stat.Counter
	help     map[id]string
}

// Start makes the counters; the group of those that name none is known by now.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	for _, d := range s.declared {
		key := d.id
		if key.group == "" {
			key.group = s.group
		}
		counter := new(stat.Counter)
		if err := server.Stats.Add(key.group, key.name, counter); err != nil {
			return err
		}
		s.own[key], s.help[key] = counter, d.help
	}
	return nil
}

// find looks among the script's counters first, which needs no lock, then in all groups.
func (s *state) find(c *kemi.Ctx, key id) stat.Stat {
	if key.group == "" {
		key.group = s.group
	}
	if x := s.own[key]; x != nil {
		return x
	}
	if e, ok := s.server.Stats.Get(key.group, key.name); ok {
		return e.Stat
	}
	c.Log(log.Err, "counters", "counter "+key.group+"."+key.name+" does not exist")
	return nil
}

// adder is a statistic that can be changed. What is computed stays as it is.
type adder interface{ Add(n int64) }

func (s *state) add(c *kemi.Ctx, name string, delta int) kemi.Value {
	x := s.find(c, parseID(name))
	if x == nil {
		return kemi.Int(-1)
	}
	if x, ok := x.(adder); ok {
		x.Add(int64(delta))
	}
	return kemi.Int(1)
}

// reset takes what stands before a dot as a counter of the script's group, as the incumbent
// does: it resets no counter of another group.
func (s *state) reset(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	key := parseID(a.Str(0))
	if key.group != "" {
		key = id{name: key.group}
	}
	x := s.find(c, key)
	if x == nil {
		return kemi.Int(-1)
	}
	x.Reset()
	return kemi.Int(1)
}
