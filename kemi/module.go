// Package kemi is the KEMI host: modules as tables, the registry that scripts see as KSR,
// pseudo-variables and transformations, and the server that an embedding program starts.
//
// It knows no scripting language; an Engine brings one.
package kemi

import (
	"fmt"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/stat"
)

// Result is the kind of value that a function declares to return.
type Result uint8

// The results. Integers stay integers for the script even when negative, as scripts rely
// on; Code is an integer that is a verdict (positive: yes, negative: no).
const (
	NoResult Result = iota // void: the script gets false
	Code                   // int
	Truth                  // bool
	AnyValue               // int, str, bool, table or nil at run time
)

// String is the name that the reference tables use.
func (r Result) String() string { return [...]string{"void", "int", "bool", "xval"}[r] }

// Spec is a module as one value: a person, the registry and the documentation all read it.
// S is the module's own state, made once for each server.
type Spec[S any] struct {
	Name  string // as in loadmodule
	Table string // the table below KSR; empty: Name. "KSR" itself is written "core".
	Doc   string // one or two sentences for the README

	// Needs are modules whose variables this one reads. They are loaded with it, as if a
	// loadmodule line stood before its own.
	Needs []string

	// New makes the state. S may offer, each optional: Start(*Server) error, which runs
	// after the parameters are set; Close(), which runs at the end, also after a failed start.
	New func() *S

	Params Params[S]
	Funcs  Funcs[S]
	RPC    Commands[S]
	Vars   Vars[S]
	Trans  Trans[S]
	Stats  Stats[S]
	Events []Event
}

// Funcs are the functions of a module's KSR table.
type Funcs[S any] []Func[S]

// Func is one KSR function.
type Func[S any] struct {
	Name    string
	Args    string // "limit int, reason str"; the kinds are int and str
	Returns Result
	Call    func(s *S, c *Ctx, a *Args) Value
	Routes  route.Kind // where it may run; zero: everywhere
	Waits   bool       // it may let go of the shard (a database, a lookup)
	Doc     string     // one line of meaning

	// Works are the routes where it can do its work; zero: all. Elsewhere it fails or has no effect by
	// itself, as in the incumbent; the check of scripts tells.
	Works route.Kind
	// Arms is the route that the script function named by its argument "route" or "function" will run
	// in; zero: it names none.
	Arms route.Kind
}

// Commands are the RPC commands of a module.
type Commands[S any] []Command[S]

// Command is one RPC command. Run is called outside of all shards and may block.
type Command[S any] struct {
	Name string
	Run  func(s *S, c *rpc.Call) error
	Doc  string
	// Array makes the JSON result an array of all values, Delta keeps the command from
	// running again too soon; see rpc.Command.
	Array, Delta bool
}

// Stats are the statistics of a module.
type Stats[S any] []Stat[S]

// Stat is one statistic that is computed when asked for.
type Stat[S any] struct {
	Group, Name string
	Value       func(s *S) int64
	Doc         string
	// Counter says that the value only grows and that stats.reset_statistics begins it anew.
	Counter bool
}

// Event is an event that a module raises to a script function.
type Event struct {
	Name    string // "msrp:frame-in"
	Param   string // the parameter that names the function; empty for a fixed default
	Default string // the function's default name
	Doc     string
}

// Module is a Spec whose state type is hidden, so that modules of all kinds stand in one list.
type Module interface {
	// Info describes the module.
	Info() *Info
	// open makes the state and binds the rows to it.
	open() (*Instance, error)
}

// Info is what the registry, the documentation and the checks read of a module.
type Info struct {
	Name, Table, Doc string
	Needs            []string
	Params           []ParamInfo
	Funcs            []FuncInfo
	RPC              []CommandInfo
	Vars             []VarInfo
	Trans            []TransInfo
	Stats            []StatInfo
	Events           []Event
}

// FuncInfo describes one KSR function.
type FuncInfo struct {
	Name    string
	Args    []Arg
	Returns Result
	Routes  route.Kind
	Waits   bool
	Doc     string
	Works   route.Kind // where it can do its work
	Arms    route.Kind // the route of the script function that it names; 0: none
}

// CommandInfo describes one RPC command.
type CommandInfo struct{ Name, Doc string }

// StatInfo describes one statistic.
type StatInfo struct{ Group, Name, Doc string }

// BoundFunc is a KSR function of one server, ready to be called.
type BoundFunc struct {
	*FuncInfo
	Module string // as in loadmodule
	Table  string
	Call   func(c *Ctx, a *Args) Value
}

// Instance is a module in one server.
type Instance struct {
	Info  *Info
	State any

	params map[string]boundParam
	funcs  []*BoundFunc
	rpc    []rpc.Command
	vars   []*boundVar
	trans  []*boundTrans
	stats  []boundStat
}

type boundStat struct {
	StatInfo
	stat stat.Stat
}

func bindStat[S any](info StatInfo, row Stat[S], state *S) boundStat {
	value := func() int64 { return row.Value(state) }
	if row.Counter {
		return boundStat{info, stat.NewSince(value)}
	}
	return boundStat{info, stat.Func(value)}
}

// Define turns a Spec into a Module. A wrong table is a mistake of the programmer and panics.
func Define[S any](spec Spec[S]) Module {
	d := &defined[S]{spec: spec}
	if err := d.describe(); err != nil {
		panic(fmt.Sprintf("kemi: module %s: %v", spec.Name, err))
	}
	return d
}

type defined[S any] struct {
	spec Spec[S]
	info Info
}

func (d *defined[S]) Info() *Info { return &d.info }

func (d *defined[S]) describe() error {
	s := &d.spec
	d.info = Info{Name: s.Name, Table: s.Table, Doc: s.Doc, Needs: s.Needs, Events: s.Events}
	if s.Table == "" {
		d.info.Table = s.Name
	}
	for _, f := range s.Funcs {
		args, err := parseArgs(f.Args)
		if err != nil {
			return fmt.Errorf("function %s: %w", f.Name, err)
		}
		routes := f.Routes
		if routes == 0 {
			routes = route.AnyRoute
		}
		works := f.Works
		if works == 0 {
			works = route.AnyRoute
		}
		d.info.Funcs = append(d.info.Funcs, FuncInfo{f.Name, args, f.Returns, routes, f.Waits, f.Doc, works & routes, f.Arms})
	}
	for _, p := range s.Params {
		d.info.Params = append(d.info.Params, p.ParamInfo)
	}
	for _, c := range s.RPC {
		d.info.RPC = append(d.info.RPC, CommandInfo{c.Name, c.Doc})
	}
	for _, v := range s.Stats {
		d.info.Stats = append(d.info.Stats, StatInfo{v.Group, v.Name, v.Doc})
	}
	return d.describeVars()
}

func (d *defined[S]) open() (*Instance, error) {
	state := d.spec.New()
	in := &Instance{Info: &d.info, State: state, params: map[string]boundParam{}}
	for i := range d.spec.Params {
		p := &d.spec.Params[i]
		bound := boundParam{ParamInfo: p.ParamInfo, set: func(v ParamValue) error { return p.set(state, v) }}
		if p.get != nil {
			bound.get = func() Value { return p.get(state) }
		}
		in.params[p.Name] = bound
		if err := p.reset(state); err != nil {
			return nil, fmt.Errorf("module %s: default of %s: %w", d.info.Name, p.Name, err)
		}
	}
	for i := range d.spec.Funcs {
		call := d.spec.Funcs[i].Call
		in.funcs = append(in.funcs, &BoundFunc{
			FuncInfo: &d.info.Funcs[i], Module: d.info.Name, Table: d.info.Table,
			Call: func(c *Ctx, a *Args) Value { return call(state, c, a) },
		})
	}
	for _, c := range d.spec.RPC {
		in.rpc = append(in.rpc, rpc.Command{
			Name: c.Name, Doc: c.Doc, Array: c.Array, Delta: c.Delta,
			Run: func(call *rpc.Call) error { return c.Run(state, call) },
		})
	}
	for i, s := range d.spec.Stats {
		in.stats = append(in.stats, bindStat(d.info.Stats[i], s, state))
	}
	d.bindVars(in, state)
	return in, nil
}
