package pv

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// sharedVars are the $shv variables, which all shards see.
type sharedVars struct {
	mu   sync.RWMutex
	vars map[string]*sharedVar
}

// sharedVar is one of them.
type sharedVar struct {
	mu    sync.Mutex
	value kemi.Value
}

func (v *sharedVar) get() kemi.Value {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.value
}

func (v *sharedVar) set(x kemi.Value) {
	if x.Kind() == kemi.KindStr {
		x = kemi.Str(strings.Clone(x.Text())) // it may be part of a message
	}
	v.mu.Lock()
	v.value = x
	v.mu.Unlock()
}

// increment adds one to a number and gives the sum; a text becomes 1.
func (v *sharedVar) increment() kemi.Value {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	if v.value.Kind() == kemi.KindInt {
		n = v.value.Int()
	}
	v.value = kemi.Int(n + 1)
	return v.value
}

func (t *sharedVars) find(name string) *sharedVar {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.vars[name]
}

// declare makes the variable, with the number 0 in it, if it is not there yet.
func (t *sharedVars) declare(name string) (*sharedVar, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if v := t.vars[name]; v != nil {
		return v, nil
	}
	if len(t.vars) >= maxNames {
		return nil, errTooMany
	}
	v := &sharedVar{value: kemi.Int(0)}
	t.vars[strings.Clone(name)] = v
	return v, nil
}

var shvVars = kemi.Vars[state]{
	{Name: "shv", Named: true, Parse: parseShared, Get: getShared, Set: setShared, Doc: "shared variable, seen by all shards; 0 until it is set"},
	{Name: "shvinc", Named: true, Parse: parseShared, Get: incShared, Doc: "adds one to a shared variable and gives the sum"},
}

func parseShared(s *state, _ *kemi.Registry, inner string) (any, error) {
	return s.shared.declare(inner)
}

func getShared(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(*sharedVar).get() }
func incShared(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	return a.Data.(*sharedVar).increment()
}

func setShared(_ *state, _ *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	if v.IsNull() {
		v = kemi.Str("")
	}
	a.Data.(*sharedVar).set(v)
	return true
}

var commands = kemi.Commands[state]{
	{Name: "pv.shvGet", Run: (*state).rpcGet, Doc: "Value of one shared variable, or of all without an argument"},
	{Name: "pv.shvSet", Run: (*state).rpcSet, Doc: `Sets a shared variable: name, "int" or "str", value`},
}

func (s *state) rpcGet(c *rpc.Call) error {
	if c.Len() == 0 {
		items := c.AddStruct().Struct("items")
		for _, name := range s.shared.list() {
			writeShared(items.Struct("shv"), name, s.shared.find(name))
		}
		return nil
	}
	name, v, err := s.rpcFind(c)
	if err == nil {
		writeShared(c.AddStruct(), name, v)
	}
	return err
}

func (s *state) rpcSet(c *rpc.Call) error {
	_, v, err := s.rpcFind(c)
	if err != nil {
		return err
	}
	kind, err := c.AsStr(1)
	if err != nil {
		return err
	}
	value, err := c.AsStr(2)
	if err != nil {
		return err
	}
	switch kind {
	case "int":
		v.set(kemi.Int(kemi.Str(value).Number()))
	case "str":
		v.set(kemi.Str(value))
	default:
		return c.Fault(500, "Unknown parameter type (Types: int or str)")
	}
	c.Add("Ok. Variable set to new value.")
	return nil
}

// rpcFind finds the variable that the first parameter names.
func (s *state) rpcFind(c *rpc.Call) (string, *sharedVar, error) {
	name, err := c.AsStr(0)
	if err != nil {
		return "", nil, err
	}
	v := s.shared.find(name)
	if v == nil {
		return "", nil, c.Fault(404, "Variable not found")
	}
	return name, v, nil
}

func writeShared(to *rpc.Struct, name string, v *sharedVar) {
	to.Add("name", name)
	if x := v.get(); x.Kind() == kemi.KindInt {
		to.Add("type", "int").Add("value", x.Int())
	} else {
		to.Add("type", "string").Add("value", x.Text())
	}
}

// list is the names, sorted.
func (t *sharedVars) list() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Sorted(maps.Keys(t.vars))
}
