package lua

import glua "github.com/yuin/gopher-lua"

// expression is an expression of a straight function.
type expression interface {
	value(s *state, L *glua.LState) glua.LValue
	holds(s *state, L *glua.LState) bool // whether the value counts as true
}

// constantValue is a value that stands in the source, or that nothing can change any more.
type constantValue struct{ v glua.LValue }

func (x *constantValue) value(*state, *glua.LState) glua.LValue { return x.v }
func (x *constantValue) holds(*state, *glua.LState) bool        { return glua.LVAsBool(x.v) }

// localVariable is a parameter or local variable: a place on the function's stack, from 1.
type localVariable struct{ slot int }

func (x *localVariable) value(s *state, L *glua.LState) glua.LValue { return L.Get(s.base + x.slot) }
func (x *localVariable) holds(s *state, L *glua.LState) bool        { return glua.LVAsBool(x.value(s, L)) }

// globalVariable is one that functions assign to.
type globalVariable struct{ name string }

func (x *globalVariable) value(_ *state, L *glua.LState) glua.LValue {
	return L.G.Global.RawGetString(x.name)
}
func (x *globalVariable) holds(s *state, L *glua.LState) bool { return glua.LVAsBool(x.value(s, L)) }

// settled is a global variable, or a field of one, that nothing can change unless code comes that was not there at the load.
type settled struct {
	v    glua.LValue
	read expression
}

func (x *settled) value(s *state, L *glua.LState) glua.LValue {
	if s.unlinked {
		return x.read.value(s, L)
	}
	return x.v
}
func (x *settled) holds(s *state, L *glua.LState) bool { return glua.LVAsBool(x.value(s, L)) }

// field is a field of a table, by its name.
type field struct {
	of   expression
	name string
	pc   int
}

func (x *field) value(s *state, L *glua.LState) glua.LValue {
	of := x.of.value(s, L)
	standAt(L, x.pc)
	return L.GetField(of, x.name)
}
func (x *field) holds(s *state, L *glua.LState) bool { return glua.LVAsBool(x.value(s, L)) }

type negation struct{ of expression }

func (x *negation) value(s *state, L *glua.LState) glua.LValue { return glua.LBool(x.holds(s, L)) }
func (x *negation) holds(s *state, L *glua.LState) bool        { return !x.of.holds(s, L) }

// both is "a and b".
type both struct{ a, b expression }

func (x *both) value(s *state, L *glua.LState) glua.LValue {
	if v := x.a.value(s, L); !glua.LVAsBool(v) {
		return v
	}
	return x.b.value(s, L)
}
func (x *both) holds(s *state, L *glua.LState) bool { return x.a.holds(s, L) && x.b.holds(s, L) }

// either is "a or b".
type either struct{ a, b expression }

func (x *either) value(s *state, L *glua.LState) glua.LValue {
	if v := x.a.value(s, L); glua.LVAsBool(v) {
		return v
	}
	return x.b.value(s, L)
}
func (x *either) holds(s *state, L *glua.LState) bool { return x.a.holds(s, L) || x.b.holds(s, L) }

// joined is "a .. b .. c".
type joined struct {
	parts []expression
	pc    int
}

func (x *joined) value(s *state, L *glua.LState) glua.LValue {
	L.Push(concatFunction)
	for _, part := range x.parts {
		L.Push(part.value(s, L))
	}
	standAt(L, x.pc)
	L.Call(len(x.parts), 1)
	return pop(L)
}
func (x *joined) holds(s *state, L *glua.LState) bool { return glua.LVAsBool(x.value(s, L)) }

// single is the first value of a call in brackets, or of one among others.
type single struct{ expression }

// pop takes the last value off the stack.
func pop(L *glua.LState) glua.LValue {
	v := L.Get(-1)
	L.Pop(1)
	return v
}
