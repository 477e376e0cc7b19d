package luatest

import (
	"errors"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// moduleName is what tests require.
const moduleName = "moonroute.test"

// call is one call of a function of the library from a test.
type call struct {
	s *script
	L *glua.LState
}

// native is such a function. A failure that it gives ends the case.
type native func(c *call) ([]glua.LValue, error)

// class is a kind of value that tests have in hand.
type class struct {
	methods map[string]native
	field   func(c *call, self any, name string) glua.LValue // nil: there is none
}

// offer gives the library to the test: by require, and as the global test.
func (s *script) offer() {
	s.declare("peer", &peerClass)
	s.declare("exchange", &exchangeClass)
	s.declare("request", &requestClass)
	s.declare("message", &messageClass)
	s.declare("log", &logClass)
	s.declare("htable", &htableClass)
	s.L.NewTypeMetatable("failure").RawSetString("__tostring", s.L.NewFunction(func(L *glua.LState) int {
		L.Push(glua.LString(L.CheckUserData(1).Value.(error).Error()))
		return 1
	}))
	t := s.L.NewTable()
	for name, f := range functions {
		t.RawSetString(name, s.wrap(name, f))
	}
	t.RawSetString("log", s.object("log", s))
	s.L.PreloadModule(moduleName, func(L *glua.LState) int {
		L.Push(t)
		return 1
	})
	s.L.SetGlobal("test", t)
}

// declare makes a class known to the state.
func (s *script) declare(name string, c *class) {
	methods := map[string]*glua.LFunction{}
	for m, f := range c.methods {
		methods[m] = s.wrap(name+":"+m, f)
	}
	meta := s.L.NewTypeMetatable(name)
	meta.RawSetString("__index", s.L.NewFunction(func(L *glua.LState) int {
		key := L.CheckString(2)
		if f := methods[key]; f != nil {
			L.Push(f)
			return 1
		}
		if c.field == nil {
			L.RaiseError("a %s has no %q", name, key)
		}
		v := c.field(&call{s, L}, L.CheckUserData(1).Value, key)
		if v == nil {
			L.RaiseError("a %s has no %q", name, key)
		}
		L.Push(v)
		return 1
	}))
}

// object is a value of a class.
func (s *script) object(class string, value any) glua.LValue {
	ud := s.L.NewUserData()
	ud.Value = value
	s.L.SetMetatable(ud, s.L.GetTypeMetatable(class))
	return ud
}

// wrap makes a function callable from Lua.
func (s *script) wrap(name string, f native) *glua.LFunction {
	return s.L.NewFunction(func(L *glua.LState) int {
		at := name + " at " + strings.TrimSuffix(L.Where(1), ":")
		s.running.Store(&at)
		values, err := f(&call{s, L})
		if err != nil {
			s.raise(L, err)
		}
		for _, v := range values {
			L.Push(v)
		}
		return len(values)
	})
}

// raise ends the case, or the pcall around, with an error that knows its place in the test.
func (s *script) raise(L *glua.LState, err error) {
	var f *failure
	if !errors.As(err, &f) {
		if errors.Is(err, errTooLong) {
			err = &tooLong{s.last()}
		} else {
			err = &failure{text: err.Error()}
		}
		errors.As(err, &f)
	}
	if f != nil && f.where == "" {
		f.where = strings.TrimSuffix(strings.TrimSpace(L.Where(1)), ":")
	}
	ud := L.NewUserData()
	ud.Value = err
	L.SetMetatable(ud, L.GetTypeMetatable("failure"))
	L.Error(ud, 0)
}

// last says what the case has called last.
func (s *script) last() string {
	at := s.running.Load()
	if at == nil {
		return "it has not called anything yet"
	}
	return "the last that it called is " + *at
}

// tooLong is a case that has used up its time, and where.
type tooLong struct{ where string }

// Error implements error.
func (t *tooLong) Error() string { return t.where }

// Unwrap implements the use of errors.Is.
func (t *tooLong) Unwrap() error { return errTooLong }

func one(v glua.LValue) []glua.LValue { return []glua.LValue{v} }
