package kemi

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
)

// ModuleDoc is all that the tables of a module say, for documentation: README, JSON, stubs.
type ModuleDoc struct {
	Name            string     `json:"name"`
	Doc             string     `json:"doc"`
	Params          []ParamDoc `json:"parameters,omitempty"`
	Funcs           []FuncDoc  `json:"functions,omitempty"`
	RPC             []NameDoc  `json:"rpc,omitempty"`
	Vars            []VarDoc   `json:"variables,omitempty"`
	Transformations []TransDoc `json:"transformations,omitempty"`
	Stats           []NameDoc  `json:"statistics,omitempty"`
	Events          []EventDoc `json:"events,omitempty"`
}

// ParamDoc documents a module parameter.
type ParamDoc struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // int, str, or "int or str"
	Default string `json:"default"`
	Live    bool   `json:"live,omitempty"` // cfg.set can change it
	Doc     string `json:"doc"`
}

// FuncDoc documents a KSR function.
type FuncDoc struct {
	Table   string   `json:"table"` // below KSR; empty for KSR itself
	Name    string   `json:"name"`
	Args    []ArgDoc `json:"args"`
	Returns string   `json:"returns"` // void, int, bool or xval
	Routes  string   `json:"routes"`  // "any", or the routes where it may run
	Waits   bool     `json:"waits,omitempty"`
	Doc     string   `json:"doc"`
}

// ArgDoc documents an argument.
type ArgDoc struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// NameDoc documents an RPC command or a statistic.
type NameDoc struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// VarDoc documents a pseudo-variable.
type VarDoc struct {
	Name     string `json:"name"` // with its form: "$hdr(name)[index]"
	Writable bool   `json:"writable"`
	Doc      string `json:"doc"`
}

// TransDoc documents a transformation.
type TransDoc struct {
	Name string `json:"name"` // with its form: "{s.substr,offset,length}"
	Doc  string `json:"doc"`
}

// EventDoc documents an event.
type EventDoc struct {
	Name    string `json:"name"`
	Param   string `json:"parameter,omitempty"`
	Default string `json:"default,omitempty"`
	Doc     string `json:"doc"`
}

// Full is the function as a script writes it: "KSR.pike.pike_check_req".
func (f *FuncDoc) Full() string {
	if f.Table == "" {
		return "KSR." + f.Name
	}
	return "KSR." + f.Table + "." + f.Name
}

// Signature is the function with the names of its arguments.
func (f *FuncDoc) Signature() string {
	names := make([]string, len(f.Args))
	for i, a := range f.Args {
		names[i] = a.Name
	}
	return f.Full() + "(" + strings.Join(names, ", ") + ")"
}

// Document describes modules in their order; tables of the same module become one.
func Document(modules []Module) []*ModuleDoc {
	var list []*ModuleDoc
	byName := map[string]*ModuleDoc{}
	for _, m := range modules {
		info := m.Info()
		d := byName[info.Name]
		if d == nil {
			d = &ModuleDoc{Name: info.Name, Doc: info.Doc}
			byName[info.Name] = d
			list = append(list, d)
		}
		d.add(info)
	}
	return list
}

func (d *ModuleDoc) add(info *Info) {
	for _, p := range info.Params {
		d.Params = append(d.Params, ParamDoc{p.Name, paramKinds[p.Kind], p.Default, p.Live, p.Doc})
	}
	for i := range info.Funcs {
		d.Funcs = append(d.Funcs, docFunc(info.Table, &info.Funcs[i]))
	}
	for _, c := range info.RPC {
		d.RPC = append(d.RPC, NameDoc(c))
	}
	for _, v := range info.Vars {
		d.Vars = append(d.Vars, VarDoc{varForm(v), v.Writable, v.Doc})
	}
	for _, t := range info.Trans {
		d.Transformations = append(d.Transformations, TransDoc{tranForm(t), t.Doc})
	}
	for _, s := range info.Stats {
		d.Stats = append(d.Stats, NameDoc{s.Group + ":" + s.Name, s.Doc})
	}
	for _, e := range info.Events {
		d.Events = append(d.Events, EventDoc(e))
	}
}

var paramKinds = map[ValueKind]string{KindInt: "int", KindStr: "str", KindNull: "int or str"}

func docFunc(table string, f *FuncInfo) FuncDoc {
	if table == "core" {
		table = ""
	}
	d := FuncDoc{Table: table, Name: f.Name, Args: []ArgDoc{}, Returns: f.Returns.String(), Routes: routeNames(f.Routes), Waits: f.Waits, Doc: f.Doc}
	for _, a := range f.Args {
		d.Args = append(d.Args, ArgDoc{a.Name, paramKinds[a.Kind]})
	}
	return d
}

func varForm(v VarInfo) string {
	form := "$" + v.Name
	if v.Named {
		form += "(name)"
	}
	if v.Index {
		form += "[index]"
	}
	return form
}

// tranForm writes a transformation as it stands in a variable; arguments that may be left
// out have a question mark.
func tranForm(t TransInfo) string {
	form := "{" + t.Name
	for arg := range strings.SplitSeq(t.Args, ",") {
		words := strings.Fields(arg)
		if len(words) != 2 {
			continue
		}
		form += "," + words[0]
		if strings.HasSuffix(words[1], "?") {
			form += "?"
		}
	}
	return form + "}"
}

// routeKinds are the names of the routes in documentation.
var routeKinds = []struct {
	kind route.Kind
	name string
}{
	{route.RequestRoute, "request"}, {route.FailureRoute, "failure"}, {route.TMReplyRoute, "reply (tm)"},
	{route.BranchRoute, "branch"}, {route.CoreReplyRoute, "reply"}, {route.BranchFailureRoute, "branch failure"},
	{route.OnSendRoute, "onsend"}, {route.EventRoute, "event"}, {route.LocalRoute, "local"},
}

// RouteNames are the routes of a mask as the documentation writes them, "any" for all.
func RouteNames(mask route.Kind) string { return routeNames(mask) }

func routeNames(mask route.Kind) string {
	if mask == route.AnyRoute {
		return "any"
	}
	var names []string
	for _, k := range routeKinds {
		if mask&k.kind != 0 {
			names = append(names, k.name)
		}
	}
	return strings.Join(names, ", ")
}
