package lua

import (
	"strconv"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/log"
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
func bindRegistry(r *kemi.Registry) (tables []ksrTable, direct map[string]*glua.LFunction) {
	direct = map[string]*glua.LFunction{}
	for _, name := range r.Tables() {
		t := ksrTable{name: name}
		for _, f := range r.Functions(name) {
			b := &binding{f: f, name: scriptName(f), loose: f.Table == exitTable}
			b.fn = goFunction(b.call)
			t.funcs = append(t.funcs, ksrFunc{f.Name, b.fn})
			direct[b.name] = goFunction(b.directly)
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

// openKSR makes the KSR tables in a state: ordinary tables, which scripts may change.
func (s *state) openKSR(tables []ksrTable) {
	ksr := s.L.NewTable()
	for _, t := range tables {
		into := ksr
		if t.name != coreTable {
			into = s.L.NewTable()
			ksr.RawSetString(t.name, into)
		}
		for _, f := range t.funcs {
			into.RawSetString(f.name, f.fn)
		}
	}
	s.L.SetGlobal("KSR", ksr)
}

// binding is one KSR function as scripts call it.
type binding struct {
	f     *kemi.BoundFunc
	name  string
	loose bool // any arguments will do
	fn    *glua.LFunction
}

func (b *binding) call(L *glua.LState) int {
	s := stateOf(L)
	c := s.ctx
	s.thread = L
	if c == nil {
		return b.outside(s, L)
	}
	if !b.arguments(L, c) {
		L.Push(glua.LFalse)
		return 1
	}
	v := b.f.Call(c, &c.Args)
	if v.Kind() == kemi.KindExit {
		s.raise(L, s.exitError)
	}
	if s.fuel -= fuelKSR; s.fuel < 0 {
		s.look(L)
	}
	L.Push(toLua(v))
	return 1
}

// outside answers a call from the top level of a script, where there is no message:
// false, as the incumbent gives.
func (b *binding) outside(s *state, L *glua.LState) int {
	where := position(L)
	s.engine.log().Once(where+b.name, log.Err, "<script>", where+": KSR."+b.name+
		": there is no message while the script is being loaded; call it from a route")
	L.Push(glua.LFalse)
	return 1
}

// arguments turns what the script gave into the declared kinds. It gives false if the
// function must not run.
func (b *binding) arguments(L *glua.LState, c *kemi.Ctx) bool {
	given, want := L.GetTop(), len(b.f.Args)
	if b.f.Routes&c.Kind() == 0 {
		c.Misuse(b.name, "it cannot be called in this route")
		return false
	}
	c.Args.Reset()
	if b.loose {
		return pushLoose(L, c, given)
	}
	if given != want && !b.countIsGood(c, given) {
		return false
	}
	for i := range b.f.Args {
		arg := L.Get(i + 1)
		if b.f.Args[i].Kind == kemi.KindStr {
			c.Args.Push(b.strArg(c, arg, i))
		} else {
			c.Args.Push(kemi.Int(b.intArg(c, arg, i)))
		}
	}
	return true
}

// countIsGood decides about a number of arguments that is not the declared one: more are
// ignored, up to six in all, unless the function takes none.
func (b *binding) countIsGood(c *kemi.Ctx, given int) bool {
	want := len(b.f.Args)
	if given > want && want > 0 && given <= kemi.MaxArgs {
		return true
	}
	c.Misuse(b.name, "it takes "+plural(want)+" and was given "+strconv.Itoa(given))
	return false
}

func plural(n int) string {
	switch n {
	case 0:
		return "no arguments"
	case 1:
		return "1 argument"
	}
	return strconv.Itoa(n) + " arguments"
}

// pushLoose passes on whatever the script gave, as texts.
func pushLoose(L *glua.LState, c *kemi.Ctx, given int) bool {
	for i := range min(given, kemi.MaxArgs) {
		c.Args.Push(kemi.Str(textOf(L.Get(i + 1))))
	}
	return true
}

// strArg gives null for what is no text: it reads as an empty one, and the few functions that refuse it can tell.
func (b *binding) strArg(c *kemi.Ctx, v glua.LValue, i int) kemi.Value {
	switch v := v.(type) {
	case glua.LString:
		return kemi.Str(string(v))
	case glua.LNumber:
		return kemi.Str(numberText(float64(v)))
	}
	b.wrongKind(c, v, i, "a text", "an empty one")
	return kemi.Null
}

func (b *binding) intArg(c *kemi.Ctx, v glua.LValue, i int) int {
	switch v := v.(type) {
	case glua.LNumber:
		return toInt(float64(v))
	case glua.LString:
		if f, ok := parseNumber(string(v)); ok {
			return toInt(f)
		}
	}
	b.wrongKind(c, v, i, "a number", "0")
	return 0
}

func (b *binding) wrongKind(c *kemi.Ctx, v glua.LValue, i int, want, taken string) {
	c.Misuse(b.name, "argument "+strconv.Itoa(i+1)+" ("+b.f.Args[i].Name+") is "+describe(v)+
		" where "+want+" is expected; "+taken+" is taken")
}

// describe names a value's kind, with a text's beginning.
func describe(v glua.LValue) string {
	text, ok := v.(glua.LString)
	if !ok {
		return v.Type().String()
	}
	if len(text) > 40 {
		text = text[:40]
	}
	return "the text " + strconv.Quote(string(text))
}
