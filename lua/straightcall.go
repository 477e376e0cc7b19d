package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// callable is a call in a straight function.
type callable interface {
	expression
	perform(s *state, L *glua.LState) ending // as a statement
	open(s *state, L *glua.LState)           // leaves all its values on the stack
}

// call is a call of any value.
type call struct {
	fn   expression
	args []expression
	pc   int
}

func (x *call) begin(s *state, L *glua.LState, results int) {
	top := L.GetTop()
	L.Push(x.fn.value(s, L))
	for i, arg := range x.args {
		if inner, ok := arg.(callable); ok && i == len(x.args)-1 {
			inner.open(s, L)
		} else {
			L.Push(arg.value(s, L))
		}
	}
	standAt(L, x.pc)
	before := s.nesting
	s.awaited, _ = L.Get(top + 1).(*glua.LFunction)
	L.Call(L.GetTop()-top-1, results)
	s.nesting = before
}

func (x *call) perform(s *state, L *glua.LState) ending {
	x.begin(s, L, 0)
	if s.hasLeft() {
		return left
	}
	return goOn
}

func (x *call) value(s *state, L *glua.LState) glua.LValue {
	x.begin(s, L, 1)
	if s.hasLeft() {
		s.raise(L, s.exitError)
	}
	return pop(L)
}

func (x *call) holds(s *state, L *glua.LState) bool { return glua.LVAsBool(x.value(s, L)) }

func (x *call) open(s *state, L *glua.LState) {
	x.begin(s, L, glua.MultRet)
	if s.hasLeft() {
		s.raise(L, s.exitError)
	}
}

// straightCall is a call of a global function that may be straight.
type straightCall struct {
	call
	by, to *straight // to is nil if the function is not straight
	target *glua.LFunction
}

// enter calls the function without a frame of its own.
func (x *straightCall) enter(s *state, L *glua.LState) ending {
	base := L.GetTop()
	for _, arg := range x.args {
		L.Push(arg.value(s, L))
	}
	standAt(L, x.pc)
	if len(x.args) != x.to.params {
		L.SetTop(base + x.to.params)
	}
	how := x.to.nested(s, L, x.by, x.pc, base)
	if x.to.locals > 0 {
		L.SetTop(base)
	}
	return how
}

func (x *straightCall) light(s *state) bool { return x.to != nil && !s.unlinked }

func (x *straightCall) perform(s *state, L *glua.LState) ending {
	if !x.light(s) {
		return x.call.perform(s, L)
	}
	if x.enter(s, L) == left {
		return left
	}
	return goOn
}

func (x *straightCall) value(s *state, L *glua.LState) glua.LValue {
	if !x.light(s) {
		return x.call.value(s, L)
	}
	switch x.enter(s, L) {
	case left:
		s.raise(L, s.exitError)
	case 1:
		v := s.returned
		s.returned = nil // the state is not to keep it
		return v
	}
	return glua.LNil
}

func (x *straightCall) holds(s *state, L *glua.LState) bool { return glua.LVAsBool(x.value(s, L)) }

func (x *straightCall) open(s *state, L *glua.LState) { x.call.open(s, L) }

// question is a call of a KSR function. Other is what a function gave that the script has put in its place; nil if none has. If more or less than
// one result is wanted of that, the results are on the stack.
type question interface {
	callable
	ask(s *state, L *glua.LState, results int) (v kemi.Value, other glua.LValue)
	keep() int // the box of its texts
}

// luaAnswer is the answer to a question as a Lua value. A function that leaves the route does so from the middle of an expression.
func luaAnswer(s *state, L *glua.LState, q question, v kemi.Value, other glua.LValue) glua.LValue {
	if other != nil {
		return other
	}
	switch v.Kind() {
	case kemi.KindStr:
		return s.box(v.Text(), q.keep())
	case kemi.KindExit:
		s.raise(L, s.exitError)
	}
	return toLua(v)
}

// asked gives a KSR function's answer as a Lua value.
func asked(s *state, L *glua.LState, q question) glua.LValue {
	v, other := q.ask(s, L, 1)
	return luaAnswer(s, L, q, v, other)
}

// holdsAnswer tells whether a KSR function's answer counts as true.
func holdsAnswer(s *state, L *glua.LState, q question) bool {
	v, other := q.ask(s, L, 1)
	return answerHolds(s, L, q, v, other)
}

// answerHolds tells whether an answer counts as true; most are told without making a Lua value of them.
func answerHolds(s *state, L *glua.LState, q question, v kemi.Value, other glua.LValue) bool {
	if other == nil {
		switch v.Kind() {
		case kemi.KindBool:
			return v.Truth()
		case kemi.KindInt, kemi.KindStr:
			return true
		}
	}
	return glua.LVAsBool(luaAnswer(s, L, q, v, other))
}

// performed is a KSR function called as a statement.
func performed(s *state, L *glua.LState, q question) ending {
	if v, _ := q.ask(s, L, 0); v.Kind() == kemi.KindExit {
		return left
	}
	return goOn
}

// openAnswer leaves a KSR function's answer on the stack.
func openAnswer(s *state, L *glua.LState, q question) {
	if v, other := q.ask(s, L, glua.MultRet); other == nil {
		L.Push(luaAnswer(s, L, q, v, nil))
	}
}

// preparedCall is a call of a KSR function with constants.
type preparedCall struct {
	p  *prepared
	pc int
}

func (x *preparedCall) ask(s *state, L *glua.LState, results int) (kemi.Value, glua.LValue) {
	standAt(L, x.pc)
	p, c := x.p, s.ctx
	if s.touched || c == nil || c.Call.Kind&p.routes == 0 || c.Trace != nil || s.fuel < fuelKSR {
		return x.askWithCare(s, L, results)
	}
	s.fuel -= fuelKSR
	s.thread = L
	return p.call(c, &p.args), nil
}

// askWithCare is ask for whatever is not as usual.
func (x *preparedCall) askWithCare(s *state, L *glua.LState, results int) (kemi.Value, glua.LValue) {
	p := x.p
	if s.touched {
		if fn := p.b.lookupIn(L, L.G.Global); fn != p.b.fn {
			return kemi.Null, callOther(L, fn, p.text, results)
		}
	}
	c := p.b.begin(s, L, p.routes)
	if c == nil {
		return kemi.Bool(false), nil
	}
	return p.invoke(c), nil
}

func (x *preparedCall) value(s *state, L *glua.LState) glua.LValue { return asked(s, L, x) }
func (x *preparedCall) perform(s *state, L *glua.LState) ending    { return performed(s, L, x) }
func (x *preparedCall) open(s *state, L *glua.LState)              { openAnswer(s, L, x) }
func (x *preparedCall) keep() int                                  { return x.p.slot }

// holds is holdsAnswer without a call by interface: conditions of scripts are mostly this.
func (x *preparedCall) holds(s *state, L *glua.LState) bool {
	v, other := x.ask(s, L, 1)
	if other == nil && v.Kind() == kemi.KindBool {
		return v.Truth()
	}
	return answerHolds(s, L, x, v, other)
}

// askedCall is a call of a KSR function with as many arguments as it has.
type askedCall struct {
	b    *binding
	args []expression
	pc   int
}

func (x *askedCall) ask(s *state, L *glua.LState, results int) (kemi.Value, glua.LValue) {
	var values [kemi.MaxArgs]glua.LValue
	for i, arg := range x.args {
		values[i] = arg.value(s, L)
	}
	standAt(L, x.pc)
	if s.touched {
		if fn := x.b.lookupIn(L, L.G.Global); fn != x.b.fn {
			return kemi.Null, callOther(L, fn, values[:len(x.args)], results)
		}
	}
	c := x.b.begin(s, L, x.b.f.Routes)
	if c == nil {
		return kemi.Bool(false), nil
	}
	c.Args.Reset()
	for i := range x.args {
		c.Args.Push(x.b.argument(c, values[i], i))
	}
	return x.b.f.Invoke(c, &c.Args), nil
}

func (x *askedCall) value(s *state, L *glua.LState) glua.LValue { return asked(s, L, x) }
func (x *askedCall) holds(s *state, L *glua.LState) bool        { return holdsAnswer(s, L, x) }
func (x *askedCall) perform(s *state, L *glua.LState) ending    { return performed(s, L, x) }
func (x *askedCall) open(s *state, L *glua.LState)              { openAnswer(s, L, x) }
func (x *askedCall) keep() int                                  { return x.b.slot }

// callOther calls what the script has put in the place of a KSR function.
func callOther(L *glua.LState, fn glua.LValue, args []glua.LValue, results int) glua.LValue {
	L.Push(fn)
	for _, arg := range args {
		L.Push(arg)
	}
	L.Call(len(args), results)
	if results == 1 {
		return pop(L)
	}
	return glua.LNil
}

// search is string.find with a text that has no magic characters, of which only the first value is taken.
type search struct {
	call
	text string
}

func (x *search) value(s *state, L *glua.LState) glua.LValue {
	if !x.stock(s, L) {
		return x.call.value(s, L)
	}
	if i := x.find(s, L); i >= 0 {
		return luaInt(int64(i + 1))
	}
	return glua.LNil
}

func (x *search) holds(s *state, L *glua.LState) bool {
	if !x.stock(s, L) {
		return x.call.holds(s, L)
	}
	return x.find(s, L) >= 0
}

// stock tells whether string.find is what it was.
func (x *search) stock(s *state, L *glua.LState) bool {
	return !s.unlinked || x.fn.value(s, L) == stringFunctions["find"]
}

func (x *search) find(s *state, L *glua.LState) int {
	in := x.args[0].value(s, L)
	standAt(L, x.pc)
	if !glua.LVCanConvToString(in) {
		L.RaiseError("bad argument #1 to find (string expected, got %s)", in.Type().String())
	}
	text := textOf(in)
	s.charge(L, len(text))
	return strings.Index(text, x.text)
}
