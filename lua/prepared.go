package lua

import (
	"strconv"
	"strings"
	"sync"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Most calls of KSR functions have constants as arguments, or none: KSR.pv.get("$ru"),
// KSR.is_INVITE(). They are converted and checked when the script is compiled; what the
// compiled code calls has no arguments.

// maxPrepared bounds how many different calls are prepared; code that scripts make at run
// time could go on for ever.
const maxPrepared = 1 << 13

// directCalls are the KSR functions of a server as compiled code calls them.
type directCalls struct {
	bindings map[string]*binding // by name below KSR; they do not change

	mu       sync.Mutex
	prepared map[string]*prepared // by name and arguments
	slots    int
}

func newDirectCalls() *directCalls {
	return &directCalls{bindings: map[string]*binding{}, prepared: map[string]*prepared{}, slots: 1}
}

func (d *directCalls) add(b *binding) {
	b.direct = goFunction(b.directly)
	b.slot = d.slot(b)
	d.bindings[b.name] = b
}

// slot gives functions that return texts a place for the last one. Slot 0 keeps nothing.
func (d *directCalls) slot(b *binding) int {
	if b.f.Returns != kemi.AnyValue {
		return 0
	}
	d.slots++
	return d.slots - 1
}

// prepared is a call of a KSR function with its arguments. All states use it at the same
// time; KSR functions do not change their arguments. What each call reads stands together, since a server
// that sleeps between messages finds its caches cold.
type prepared struct {
	fn     glua.LFunction // the call as a function for compiled code
	call   func(*kemi.Ctx, *kemi.Args) kemi.Value
	b      *binding
	slot   int
	routes route.Kind // where it may run
	args   kemi.Args
	text   []glua.LValue // the arguments as the script has them
}

// prepare gives the function that makes a call, or nil if an argument is no constant or not
// what the function declares.
func (d *directCalls) prepare(b *binding, args []ast.Expr) *prepared {
	values := make([]glua.LValue, len(args))
	for i, arg := range args {
		values[i] = constant(arg)
	}
	return d.prepareValues(b, values)
}

// prepareValues is prepare for arguments that are known.
func (d *directCalls) prepareValues(b *binding, values []glua.LValue) *prepared {
	if len(values) != len(b.f.Args) {
		return nil
	}
	p := &prepared{b: b, call: b.f.Call, routes: b.f.Routes}
	var key strings.Builder
	key.WriteString(b.name)
	for i, v := range values {
		converted, ok := b.convert(v, i)
		if !ok {
			return nil
		}
		p.args.Push(converted)
		p.text = append(p.text, v)
		key.WriteString(" " + v.Type().String() + strconv.Quote(v.String()))
	}
	return d.keep(key.String(), p)
}

func (d *directCalls) keep(key string, p *prepared) *prepared {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.prepared[key]; known != nil {
		return known
	}
	if len(d.prepared) >= maxPrepared {
		return nil
	}
	p.slot = d.slot(p.b)
	p.fn = *goFunction(p.run)
	d.prepared[key] = p
	return p
}

// constant is the value of a text or a number in the source; else nil, Lua's or Go's.
func constant(e ast.Expr) glua.LValue {
	switch e := e.(type) {
	case *ast.StringExpr:
		return glua.LString(e.Value)
	case *ast.NumberExpr:
		if f, ok := parseNumber(e.Value); ok {
			return glua.LNumber(f)
		}
	case *ast.UnaryMinusOpExpr:
		if n, ok := constant(e.Expr).(glua.LNumber); ok {
			return -n
		}
	}
	return glua.LNil
}

// convert turns an argument into the declared kind, if it is a text or number that fits.
func (b *binding) convert(v glua.LValue, i int) (kemi.Value, bool) {
	if b.f.Args[i].Kind == kemi.KindStr {
		return kemi.Str(textOf(v)), glua.LVCanConvToString(v)
	}
	switch v := v.(type) {
	case glua.LNumber:
		return kemi.Int(toInt(float64(v))), true
	case glua.LString:
		f, ok := parseNumber(string(v))
		return kemi.Int(toInt(f)), ok
	}
	return kemi.Null, false
}

// run makes the call.
func (p *prepared) run(L *glua.LState) int {
	s := stateOf(L)
	if s.touched {
		if fn := p.b.lookup(L); fn != p.b.fn {
			return p.instead(L, s, fn)
		}
	}
	c := p.b.begin(s, L, p.routes)
	if c == nil {
		L.Push(glua.LFalse)
		return 1
	}
	return s.answer(L, p.invoke(c), p.slot)
}

func (p *prepared) invoke(c *kemi.Ctx) kemi.Value {
	if c.Trace != nil {
		return p.b.f.Invoke(c, &p.args)
	}
	return p.call(c, &p.args)
}

func (p *prepared) instead(L *glua.LState, s *state, fn glua.LValue) int {
	for _, v := range p.text {
		L.Push(v)
	}
	return instead(L, s, fn)
}
