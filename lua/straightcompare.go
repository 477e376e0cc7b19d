package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// comparison is one of == ~= < > <= >= of any two values.
type comparison struct {
	operator string
	a, b     expression
	pc       int
}

func (x *comparison) value(s *state, L *glua.LState) glua.LValue { return glua.LBool(x.holds(s, L)) }

func (x *comparison) holds(s *state, L *glua.LState) bool {
	a := x.a.value(s, L)
	b := x.b.value(s, L)
	standAt(L, x.pc)
	switch x.operator {
	case "==":
		return L.Equal(a, b)
	case "~=":
		return !L.Equal(a, b)
	}
	if m, ok := a.(glua.LNumber); ok {
		if n, ok := b.(glua.LNumber); ok {
			return ordered(x.operator, float64(m), float64(n))
		}
	}
	return orderedAny(L, x.operator, a, b)
}

// ordered compares two numbers.
func ordered(operator string, a, b float64) bool {
	switch operator {
	case "<":
		return a < b
	case ">":
		return a > b
	case "<=":
		return a <= b
	case ">=":
		return a >= b
	case "==":
		return a == b
	}
	return a != b
}

// answerToNumber compares what a KSR function gives with a number.
type answerToNumber struct {
	comparison
	call   question
	number float64
}

func (x *answerToNumber) value(s *state, L *glua.LState) glua.LValue {
	return glua.LBool(x.holds(s, L))
}

func (x *answerToNumber) holds(s *state, L *glua.LState) bool {
	v, other := x.call.ask(s, L, 1)
	if other == nil && v.Kind() == kemi.KindInt {
		return ordered(x.operator, float64(v.Int64()), x.number)
	}
	return x.unlike(s, L, luaAnswer(s, L, x.call, v, other))
}

// unlike compares what is no number.
func (x *answerToNumber) unlike(s *state, L *glua.LState, v glua.LValue) bool {
	if n, ok := v.(glua.LNumber); ok {
		return ordered(x.operator, float64(n), x.number)
	}
	switch x.operator {
	case "==":
		return false
	case "~=":
		return true
	}
	standAt(L, x.pc)
	return orderedAny(L, x.operator, v, x.b.value(s, L))
}

// answerToText compares what a KSR function gives with a text.
type answerToText struct {
	call  question
	text  string
	equal bool // ==, not ~=
}

func (x *answerToText) value(s *state, L *glua.LState) glua.LValue { return glua.LBool(x.holds(s, L)) }

func (x *answerToText) holds(s *state, L *glua.LState) bool {
	v, other := x.call.ask(s, L, 1)
	if other == nil && v.Kind() == kemi.KindStr {
		return (v.Text() == x.text) == x.equal
	}
	text, ok := luaAnswer(s, L, x.call, v, other).(glua.LString)
	return (ok && string(text) == x.text) == x.equal
}

// orderedAny is < > <= >= as the VM has them: for other values than two numbers it depends on metamethods, or is an error.
// Compiling leaves <= and >= to the VM unless one side is a number.
func orderedAny(L *glua.LState, operator string, a, b glua.LValue) bool {
	switch operator {
	case "<":
		return L.LessThan(a, b)
	case ">":
		return L.LessThan(b, a)
	case ">=":
		a, b = b, a
	}
	L.RaiseError("attempt to compare %v with %v", a.Type().String(), b.Type().String())
	return false
}
