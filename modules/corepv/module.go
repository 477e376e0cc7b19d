// Package corepv is the KSR.pv table, with which scripts read and write pseudo-variables.
// It belongs to the host and is there in every script, loaded or not.
package corepv

import "github.com/moonroute/moonroute/kemi"

// Module is the table.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "corepv",
	Table: "pv",
	Doc:   "Reading and writing pseudo-variables by name. A name that is no variable reads as one without a value.",
	New:   func() *state { return new(state) },
	Vars:  vars,
	Funcs: kemi.Funcs[state]{
		{Name: "get", Args: "name str", Returns: kemi.AnyValue, Call: (*state).get, Doc: "the value: a number, a text or nil"},
		{Name: "gete", Args: "name str", Returns: kemi.AnyValue, Call: (*state).gete, Doc: "the value, or an empty text if there is none"},
		{Name: "getw", Args: "name str", Returns: kemi.AnyValue, Call: (*state).getw, Doc: `the value, or "<null>" if there is none`},
		{Name: "geti", Args: "name str", Returns: kemi.Code, Call: (*state).geti, Doc: "the number, or the one that the text begins with; else 0"},
		{Name: "getl", Args: "name str", Returns: kemi.AnyValue, Call: (*state).getl, Doc: "the value as a long number; nil if there is none"},
		{Name: "getvn", Args: "name str, default int", Returns: kemi.AnyValue, Call: (*state).getvn, Doc: "the value, or the given number if there is none"},
		{Name: "getvs", Args: "name str, default str", Returns: kemi.AnyValue, Call: (*state).getvs, Doc: "the value, or the given text if there is none"},
		{Name: "is_null", Args: "name str", Returns: kemi.Truth, Call: (*state).isNull, Doc: "whether there is no value"},
		{Name: "seti", Args: "name str, value int", Returns: kemi.Truth, Call: (*state).setNumber, Doc: "sets a number; true for a read-only variable, which stays as it is"},
		{Name: "setl", Args: "name str, value int", Returns: kemi.Truth, Call: (*state).setNumber, Doc: "sets a long number"},
		{Name: "sets", Args: "name str, value str", Returns: kemi.Truth, Call: (*state).setText, Doc: "sets a text; true for a read-only variable, which stays as it is"},
		{Name: "unset", Args: "name str", Returns: kemi.Truth, Call: (*state).unset, Doc: "takes the value away"},
	},
})

type state struct{}

// read gives the value of the variable that the first argument names.
func read(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v := c.Shard.FindVar(c.Server.Registry, a.Str(0))
	if v == nil {
		return kemi.Null
	}
	return v.Get(c)
}

func readOr(c *kemi.Ctx, a *kemi.Args, other kemi.Value) kemi.Value {
	if x := read(c, a); !x.IsNull() {
		return x
	}
	return other
}

func write(c *kemi.Ctx, a *kemi.Args, x kemi.Value) kemi.Value {
	v := c.Shard.FindVar(c.Server.Registry, a.Str(0))
	return kemi.Bool(v != nil && v.Set(c, x))
}

func (*state) get(c *kemi.Ctx, a *kemi.Args) kemi.Value  { return read(c, a) }
func (*state) gete(c *kemi.Ctx, a *kemi.Args) kemi.Value { return readOr(c, a, kemi.Str("")) }
func (*state) getw(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return readOr(c, a, kemi.Str(kemi.NullText))
}
func (*state) geti(c *kemi.Ctx, a *kemi.Args) kemi.Value { return kemi.Int(read(c, a).Number()) }

func (*state) getl(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := read(c, a)
	if x.IsNull() {
		return kemi.Null
	}
	return kemi.Int(x.Number())
}

func (*state) getvn(c *kemi.Ctx, a *kemi.Args) kemi.Value { return readOr(c, a, kemi.Int(a.Int(1))) }
func (*state) getvs(c *kemi.Ctx, a *kemi.Args) kemi.Value { return readOr(c, a, kemi.Str(a.Str(1))) }

func (*state) isNull(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Bool(read(c, a).IsNull())
}

func (*state) setNumber(c *kemi.Ctx, a *kemi.Args) kemi.Value { return write(c, a, kemi.Int(a.Int(1))) }
func (*state) setText(c *kemi.Ctx, a *kemi.Args) kemi.Value   { return write(c, a, kemi.Str(a.Str(1))) }
func (*state) unset(c *kemi.Ctx, a *kemi.Args) kemi.Value     { return write(c, a, kemi.Null) }
