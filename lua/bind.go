package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// coreTable is the registry's name of KSR itself; exitTable holds the engine-like
// functions exit, drop and modf, which take what they are given.
const (
	coreTable = "core"
	exitTable = "x"
)

// ksrTable is one table below KSR. Its functions are shared by all states: they find
// the state they run in themselves.
type ksrTable struct {
	name  string
	funcs []ksrFunc
}

type ksrFunc struct {
	name string
	fn   *glua.LFunction
}

// bindRegistry prepares the KSR tables of a server's registry.
func bindRegistry(r *kemi.Registry) (tables []ksrTable, direct *directCalls) {
	direct = newDirectCalls()
	for _, name := range r.Tables() {
		t := ksrTable{name: name}
		for _, f := range r.Functions(name) {
			b := &binding{f: f, name: scriptName(f), loose: f.Table == exitTable}
			b.fn = goFunction(b.call)
			t.funcs = append(t.funcs, ksrFunc{f.Name, b.fn})
			direct.add(b)
		}
		tables = append(tables, t)
	}
	return tables, direct
}

// scriptName is a function's name below KSR: "pv.get", "info".
func scriptName(f *kemi.BoundFunc) string {
	if f.Table == coreTable {
		return f.Name
	}
	return f.Table + "." + f.Name
}

// newKSR makes the KSR tables: ordinary tables, which scripts may change.
func newKSR(tables []ksrTable) *glua.LTable {
	ksr := &glua.LTable{Metatable: glua.LNil}
	for _, t := range tables {
		into := ksr
		if t.name != coreTable {
			into = &glua.LTable{Metatable: glua.LNil}
			ksr.RawSetString(t.name, into)
		}
		for _, f := range t.funcs {
			into.RawSetString(f.name, f.fn)
		}
	}
	return ksr
}

// openKSR gives a state its KSR: tables that all states share, since they are most of what a state takes to make. Go code of the
// embedding program may do with them what it likes.
func (s *state) openKSR() {
	ksr := s.engine.ksr
	if len(s.engine.options.Setup) > 0 {
		ksr = newKSR(s.engine.tables)
	}
	s.L.SetGlobal("KSR", ksr)
}

// touch gives the state KSR tables of its own, before code runs that may change them. Code that ran before only read them,
// by their names.
func (s *state) touch() {
	if s.touched {
		return
	}
	s.touched = true
	if s.L.G.Global.RawGetString("KSR") == s.engine.ksr {
		s.L.SetGlobal("KSR", newKSR(s.engine.tables))
	}
}

// binding is one KSR function as scripts call it.
type binding struct {
	f     *kemi.BoundFunc
	name  string
	loose bool            // any arguments will do
	fn    *glua.LFunction // in the KSR tables
	slot  int             // of the state's boxes

	direct *glua.LFunction // in compiled calls
}

func (b *binding) call(L *glua.LState) int { return b.run(L, stateOf(L)) }

func (b *binding) run(L *glua.LState, s *state) int {
	c := b.begin(s, L, b.f.Routes)
	if c == nil || !b.arguments(L, c) {
		L.Push(glua.LFalse)
		return 1
	}
	return s.answer(L, b.f.Invoke(c, &c.Args), b.slot)
}

// begin counts a call of a function that may run in some routes. It gives nil if this is none of them.
func (b *binding) begin(s *state, L *glua.LState, routes route.Kind) *kemi.Ctx {
	s.burn(L)
	s.thread = L
	if c := s.ctx; c != nil && routes&c.Call.Kind != 0 {
		return c
	}
	b.refuse(s, L)
	return nil
}

// refuse tells that a function cannot be called here.
func (b *binding) refuse(s *state, L *glua.LState) {
	if s.ctx == nil {
		b.tooEarly(s, L)
	} else {
		s.ctx.Misuse(b.name, "it cannot be called in this route")
	}
}

// answer gives the script what a KSR function returned.
func (s *state) answer(L *glua.LState, v kemi.Value, slot int) int {
	switch v.Kind() {
	case kemi.KindInt:
		L.Push(luaInt(v.Int64()))
	case kemi.KindBool:
		L.Push(glua.LBool(v.Truth()))
	case kemi.KindStr:
		L.Push(s.box(v.Text(), slot))
	case kemi.KindExit:
		return s.leave(L)
	default:
		L.Push(toLua(v))
	}
	return 1
}

// tooEarly tells of a call from the top level of a script, where there is no message. It gives false, as in the incumbent.
func (b *binding) tooEarly(s *state, L *glua.LState) {
	where := position(L)
	s.engine.log().Once(where+b.name, log.Err, "<script>", where+": KSR."+b.name+
		": there is no message while the script is being loaded; call it from a route")
}
