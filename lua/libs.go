package lua

import (
	"runtime/metrics"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// stockLibraries are gopher-lua's own, in the order they need. Its channels are left out:
// they are no part of Lua, and a script could wait on one for ever.
var stockLibraries = []struct {
	name string
	open glua.LGFunction
}{
	{glua.LoadLibName, glua.OpenPackage},
	{glua.BaseLibName, glua.OpenBase},
	{glua.TabLibName, glua.OpenTable},
	{glua.IoLibName, glua.OpenIo},
	{glua.OsLibName, glua.OpenOs},
	{glua.StringLibName, glua.OpenString},
	{glua.MathLibName, glua.OpenMath},
	{glua.DebugLibName, glua.OpenDebug},
	{glua.CoroutineLibName, glua.OpenCoroutine},
}

// openLibraries opens the stock libraries and puts ours over them.
func (s *state) openLibraries() {
	L := s.L
	for _, lib := range stockLibraries {
		L.Push(L.NewFunction(lib.open))
		L.Push(glua.LString(lib.name))
		L.Call(1, 0)
	}
	s.replaceIn("string", stringFunctions)
	s.replaceIn("table", tableFunctions)
	for name, fn := range baseFunctions {
		L.SetGlobal(name, fn)
	}
	L.SetGlobal("_printregs", glua.LNil)
	s.replaceIn("os", osFunctions)
	s.openSimulated()
	s.openPopen()
	s.openDebug()
	s.openPackage()
	s.wrapCoroutines()
	s.wrapPCalls()
	s.leaveOut()
}

// leaveOut takes away the libraries that the limits do not name. The base functions stay; without "package" there is no require.
func (s *state) leaveOut() {
	names := strings.FieldsFunc(s.engine.host.Limits.Libraries, func(r rune) bool { return r == ' ' || r == ',' })
	if len(names) == 0 {
		return
	}
	loaded := s.library("package").RawGetString("loaded").(*glua.LTable)
	for _, lib := range stockLibraries {
		if lib.name == glua.BaseLibName || slices.Contains(names, lib.name) {
			continue
		}
		s.L.SetGlobal(lib.name, glua.LNil)
		loaded.RawSetString(lib.name, glua.LNil)
		if lib.name == glua.LoadLibName {
			s.L.SetGlobal("require", glua.LNil)
			s.L.SetGlobal("module", glua.LNil)
		}
	}
}

func (s *state) replaceIn(library string, functions map[string]*glua.LFunction) {
	table := s.library(library)
	for name, fn := range functions {
		table.RawSetString(name, fn)
	}
}

func (s *state) library(name string) *glua.LTable {
	return s.L.G.Global.RawGetString(name).(*glua.LTable)
}

// stock is a function of a stock library, to be called on the frame of the one that replaces it.
func (s *state) stock(library, name string) glua.LGFunction {
	return s.library(library).RawGetString(name).(*glua.LFunction).GFunction
}

// baseFunctions replace base functions: those that read code compile it with the guards.
var baseFunctions = map[string]*glua.LFunction{
	"load":           goFunction(baseLoad),
	"loadstring":     goFunction(baseLoadString),
	"loadfile":       goFunction(baseLoadFile),
	"dofile":         goFunction(baseDoFile),
	"tostring":       goFunction(baseToString),
	"collectgarbage": goFunction(baseCollect),
	"rawset":         goFunction(baseRawSet),
}

func baseToString(L *glua.LState) int {
	v := L.CheckAny(1)
	if glua.LVCanConvToString(v) {
		L.Push(luaString(textOf(v)))
		return 1
	}
	L.Push(L.ToStringMeta(v))
	return 1
}

// baseRawSet is rawset. It gives back the table.
func baseRawSet(L *glua.LState) int {
	t, key, s := L.CheckTable(1), L.CheckAny(2), stateOf(L)
	if k, ok := key.(glua.LNumber); ok {
		s.grow(L, float64(k), len(arrayPart(t)))
	}
	L.RawSet(t, key, s.ownValue(L.CheckAny(3)))
	L.Push(t)
	return 1
}

// baseCollect answers collectgarbage. Memory is Go's to collect; only "count" tells something.
func baseCollect(L *glua.LState) int {
	if L.OptString(1, "collect") != "count" {
		L.Push(luaInt(0))
		return 1
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	L.Push(glua.LNumber(float64(sample[0].Value.Uint64()) / 1024))
	return 1
}

// pcallCost is what an error that a script catches takes of its fuel: gopher-lua builds a
// trace for each.
const pcallCost = 64 * bytesAFuel

// wrapPCalls makes errors that are caught count.
func (s *state) wrapPCalls() {
	for _, name := range []string{"pcall", "xpcall"} {
		stock := s.L.G.Global.RawGetString(name).(*glua.LFunction).GFunction
		s.L.SetGlobal(name, s.L.NewFunction(func(L *glua.LState) int {
			s := stateOf(L)
			before := s.nesting
			n := stock(L)
			s.nesting = before
			if L.Get(-n) == glua.LFalse {
				s.charge(L, pcallCost)
			}
			return n
		}))
	}
}
