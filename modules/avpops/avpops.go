// Package avpops copies and checks AVPs that a script names as variables.
package avpops

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the avpops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "avpops",
	Doc:  "Copies AVPs from one name to another.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		text("db_url", "", "accepted; the functions that use a database are not there for Lua"),
		text("avp_table", "", "accepted; the functions that use a database are not there for Lua"),
		kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "accepted; the functions that use a database are not there for Lua"),
		text("uuid_column", "uuid", "accepted; a database column"),
		text("attribute_column", "attribute", "accepted; a database column"),
		text("value_column", "value", "accepted; a database column"),
		text("type_column", "type", "accepted; a database column"),
		text("username_column", "username", "accepted; a database column"),
		text("domain_column", "domain", "accepted; a database column"),
		kemi.FuncParam("db_scheme", kemi.KindStr, "", func(*state, kemi.ParamValue) error { return nil }, "accepted; a further table of the database"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "avp_check", Args: "variable str, check str", Returns: kemi.Code, Call: (*state).check, Doc: "always -1, or -2 if the first argument is no variable, as the incumbent's function for Lua; compare values in Lua instead"},
		{Name: "avp_copy", Args: "source str, destination str", Returns: kemi.Code, Call: (*state).copy, Doc: "copies the newest AVP; flags after a slash, $avp(b)/gd: g all of them, d takes the source away, n as numbers, s as texts; -1 if there is nothing to copy, -2 for a wrong name"},
	},
})

type state struct {
	unused    string
	useDomain int
}

func text(name, def, doc string) kemi.Param[state] {
	return kemi.StrParam(name, def, func(s *state) *string { return &s.unused }, doc)
}

// The results.
var (
	yes  = kemi.Int(1)
	no   = kemi.Int(-1)
	none = kemi.Int(-2) // the argument is no variable
)

// check never finds a match: the incumbent reads the check as a variable, which leaves it without an operator. Scripts
// that work there rely on that result.
func (s *state) check(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if variable(c, a.Str(0)) == nil {
		c.Misuse("avpops.avp_check", "the first argument is no variable: "+a.Str(0))
		return none
	}
	c.Misuse("avpops.avp_check", "the check "+a.Str(1)+" is never true; compare the value in Lua")
	return no
}

// avpName is what the variable $avp(name) knows of itself.
type avpName interface {
	AVP(c *kemi.Ctx) (class route.AVPClass, name string, ok bool)
}

func variable(c *kemi.Ctx, text string) *kemi.Variable {
	return c.Server.Registry.FindVar(strings.TrimRight(text, " \t"))
}

// avp reads the name of an AVP; the result is an error's code if ok is false.
func avp(c *kemi.Ctx, text string) (name avpName, result kemi.Value, ok bool) {
	v := variable(c, text)
	if v == nil {
		c.Misuse("avpops.avp_copy", "not a variable: "+text)
		return nil, none, false
	}
	if v.Name() == "avp" {
		if args, has := v.Args(c); has {
			name, ok = args.Data.(avpName)
		}
	}
	if !ok {
		c.Misuse("avpops.avp_copy", "not an AVP: "+text)
	}
	return name, no, ok
}

// copy makes new AVPs of those that there are. Many of them turn round: the newest of the source is copied first.
func (s *state) copy(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	source, result, ok := avp(c, a.Str(0))
	if !ok {
		return result
	}
	text, letters, _ := strings.Cut(a.Str(1), "/")
	destination, result, ok := avp(c, text)
	if !ok {
		return result
	}
	f, ok := parseFlags(letters)
	if !ok || c.Msg == nil {
		c.Misuse("avpops.avp_copy", "wrong flags: "+letters)
		return no
	}
	j := job{avps: &c.Msg.AVPs().AVP, flags: f}
	var hasSource, hasDestination bool
	j.from.class, j.from.name, hasSource = source.AVP(c)
	j.to.class, j.to.name, hasDestination = destination.AVP(c)
	if !hasSource || !hasDestination || !j.run() {
		return no
	}
	return yes
}
