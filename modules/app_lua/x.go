package app_lua

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// The registry's names of KSR itself and of KSR.x.
const (
	coreTable = "core"
	exitTable = "x"
)

// Functions is the part of app_lua that stands in KSR.x. Its functions take any arguments.
var Functions = kemi.Define(kemi.Spec[exits]{
	Name: "app_lua", Table: exitTable,
	Doc: "Ends the route, and calls functions by their names in the configuration language.",
	New: func() *exits { return new(exits) },
	Funcs: kemi.Funcs[exits]{
		{Name: "exit", Call: (*exits).exit, Doc: "ends the route, by the Lua error ~~ksr~exit~~"},
		{Name: "drop", Call: (*exits).drop, Doc: "marks the message as dropped and ends the route"},
		{Name: "modf", Args: "function str", Returns: kemi.Code, Call: (*exits).modf, Waits: true,
			Doc: "calls the KSR function with that name, wherever it stands, with texts as arguments: its result, or -1 if there is none"},
		{Name: "probe", Call: (*exits).probe, Doc: "logs that it was called"},
	},
})

type exits struct{ registry *kemi.Registry }

// Start implements the module's start.
func (x *exits) Start(server *kemi.Server) error {
	x.registry = server.Registry
	return nil
}

func (x *exits) exit(*kemi.Ctx, *kemi.Args) kemi.Value { return kemi.Exit }

func (x *exits) drop(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg != nil {
		c.Msg.Dropped = true
	}
	return kemi.Exit
}

func (x *exits) probe(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Log(log.Debug, "app_lua", "KSR.x.probe")
	return kemi.Null
}

// modf calls a function by its name alone: the configuration language has no tables.
func (x *exits) modf(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Len() == 0 {
		c.Misuse("x.modf", "the name of a function is missing")
		return failed
	}
	name := a.Str(0)
	f := x.find(name)
	if f == nil || f.Routes&c.Kind() == 0 {
		c.Misuse("x.modf", "there is no function "+name+" for this route")
		return failed
	}
	if a.Len()-1 != len(f.Args) {
		c.Misuse("x.modf", "the function "+name+" takes another number of arguments")
		return failed
	}
	args := new(kemi.Args)
	for i, arg := range f.Args {
		args.Push(convert(a.Str(i+1), arg.Kind))
	}
	v := f.Call(c, args)
	if v.Kind() == kemi.KindInt || v.Kind() == kemi.KindExit {
		return v
	}
	return done
}

func convert(text string, kind kemi.ValueKind) kemi.Value {
	if kind == kemi.KindStr {
		return kemi.Str(text)
	}
	n := 0
	sign := 1
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		text, sign = rest, -1
	}
	for _, r := range text {
		if r < '0' || r > '9' || n > 1<<32 {
			break
		}
		n = n*10 + int(r-'0')
	}
	return kemi.Int(sign * n)
}

// find looks a function up in all tables but KSR.x.
func (x *exits) find(name string) *kemi.BoundFunc {
	for _, table := range x.registry.Tables() {
		if f := x.registry.Function(table, name); f != nil && table != exitTable {
			return f
		}
	}
	return nil
}
