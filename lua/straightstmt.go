package lua

import glua "github.com/yuin/gopher-lua"

// callStatement is a call whose results nobody takes.
type callStatement struct{ call callable }

func (x *callStatement) run(s *state, L *glua.LState) ending { return x.call.perform(s, L) }

type ifStatement struct {
	condition   expression
	then, other block
}

func (x *ifStatement) run(s *state, L *glua.LState) ending {
	if x.condition.holds(s, L) {
		return x.then.run(s, L)
	}
	return x.other.run(s, L)
}

// setLocal gives a local variable its value.
type setLocal struct {
	slot  int
	value expression
}

func (x *setLocal) run(s *state, L *glua.LState) ending {
	v := x.value.value(s, L)
	L.Replace(s.base+x.slot, v)
	return goOn
}

// setGlobal assigns to a global variable.
type setGlobal struct {
	name  string
	value expression
}

func (x *setGlobal) run(s *state, L *glua.LState) ending {
	L.G.Global.RawSetString(x.name, x.value.value(s, L))
	return goOn
}

// returnValue ends the function with one value.
type returnValue struct{ value expression }

func (x *returnValue) run(s *state, L *glua.LState) ending {
	s.returned = x.value.value(s, L)
	return 1
}

// returnNothing ends the function.
type returnNothing struct{}

func (returnNothing) run(*state, *glua.LState) ending { return 0 }
