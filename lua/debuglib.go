package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// openDebug completes the debug library: hooks are accepted and never called, and a chunk's
// source has the @ of Lua before a file name, by which scripts find themselves.
func (s *state) openDebug() {
	debug, L := s.library("debug"), s.L
	s.trace = debug.RawGetString("traceback").(*glua.LFunction)
	debug.RawSetString("sethook", goFunction(func(*glua.LState) int { return 0 }))
	debug.RawSetString("gethook", goFunction(func(L *glua.LState) int { L.Push(glua.LNil); return 1 }))
	getinfo := s.stock("debug", "getinfo")
	debug.RawSetString("getinfo", L.NewFunction(func(L *glua.LState) int {
		n := getinfo(L)
		if info, ok := L.Get(-1).(*glua.LTable); ok {
			completeInfo(info)
		}
		return n
	}))
	for _, name := range []string{"getfenv", "setfenv"} {
		stock := s.stock("debug", name)
		debug.RawSetString(name, L.NewFunction(func(L *glua.LState) int {
			if fn, ok := L.Get(1).(*glua.LFunction); ok && fn.IsG { // shared by all states
				L.Push(L.G.Global)
				return 1
			}
			return stock(L)
		}))
	}
}

func completeInfo(info *glua.LTable) {
	source := string(info.RawGetString("source").(glua.LString))
	if info.RawGetString("what") == glua.LString("G") {
		info.RawSetString("what", glua.LString("C"))
		source = "=[C]"
	}
	info.RawSetString("short_src", glua.LString(strings.TrimPrefix(source, "=")))
	if !strings.HasPrefix(source, "=") && !strings.HasPrefix(source, "[string") {
		source = "@" + source
	}
	info.RawSetString("source", glua.LString(source))
}
