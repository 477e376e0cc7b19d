package lua

import (
	"sort"

	glua "github.com/yuin/gopher-lua"
)

// tableFunctions replace those of the table library that could run long or grow large.
var tableFunctions = map[string]*glua.LFunction{
	"concat": goFunction(tableConcat),
	"insert": goFunction(tableInsert),
	"remove": goFunction(tableRemove),
	"sort":   goFunction(tableSort),
}

func tableConcat(L *glua.LState) int {
	t, sep := L.CheckTable(1), L.OptString(2, "")
	from, to := L.OptInt(3, 1), L.OptInt(4, t.Len())
	s := stateOf(L)
	var out []byte
	for i := from; i <= to; i++ {
		v := t.RawGetInt(i)
		if !glua.LVCanConvToString(v) {
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
		}
		text := textOf(v)
		s.roomFor(L, len(out)+len(text)+len(sep), len(text)+len(sep))
		out = append(out, text...)
		if i != to {
			out = append(out, sep...)
		}
	}
	L.Push(luaString(string(out)))
	return 1
}

// tableInsert is table.insert. What it moves counts as work.
func tableInsert(L *glua.LState) int {
	t, s := L.CheckTable(1), stateOf(L)
	if L.GetTop() < 2 {
		L.RaiseError("wrong number of arguments to 'insert'")
	}
	if L.GetTop() == 2 {
		s.charge(L, slotBytes)
		t.Append(s.ownValue(L.Get(2)))
		return 0
	}
	at, length := L.CheckInt(2), len(arrayPart(t))
	s.grow(L, float64(at), length)
	s.charge(L, slotBytes*max(0, length-at))
	t.Insert(at, s.ownValue(L.CheckAny(3)))
	return 0
}

// tableRemove is table.remove. What it moves counts as work.
func tableRemove(L *glua.LState) int {
	t := L.CheckTable(1)
	if L.GetTop() == 1 {
		L.Push(t.Remove(-1))
		return 1
	}
	at := L.CheckInt(2)
	stateOf(L).charge(L, slotBytes*max(0, len(arrayPart(t))-at))
	L.Push(t.Remove(at))
	return 1
}

// tableSort is table.sort. Each comparison counts as a tick; a comparison function that
// contradicts itself gives some order, and an end.
func tableSort(L *glua.LState) int {
	t := L.CheckTable(1)
	by, _ := L.Get(2).(*glua.LFunction)
	if by == nil && L.Get(2) != glua.LNil {
		L.TypeError(2, glua.LTFunction)
	}
	values := make([]glua.LValue, t.Len())
	for i := range values {
		values[i] = t.RawGetInt(i + 1)
	}
	sort.Sort(&sorter{L: L, state: stateOf(L), values: values, by: by})
	for i, v := range values {
		t.RawSetInt(i+1, v)
	}
	return 0
}

type sorter struct {
	L      *glua.LState
	state  *state
	values []glua.LValue
	by     *glua.LFunction
}

func (s *sorter) Len() int      { return len(s.values) }
func (s *sorter) Swap(i, j int) { s.values[i], s.values[j] = s.values[j], s.values[i] }

func (s *sorter) Less(i, j int) bool {
	s.state.charge(s.L, 0)
	if s.by == nil {
		return s.L.LessThan(s.values[i], s.values[j])
	}
	s.L.Push(s.by)
	s.L.Push(s.values[i])
	s.L.Push(s.values[j])
	s.L.Call(2, 1)
	less := s.L.ToBool(-1)
	s.L.Pop(1)
	return less
}
