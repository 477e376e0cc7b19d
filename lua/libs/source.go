package libs

import (
	_ "embed" // the sources below

	glua "github.com/yuin/gopher-lua"
)

//go:embed ltn12.lua
var ltn12Source string

//go:embed url.lua
var urlSource string

func openLTN12(h Host, L *glua.LState) int { return runSource(h, L, "ltn12", ltn12Source) }

func openURL(h Host, L *glua.LState) int { return runSource(h, L, "socket.url", urlSource) }

// runSource pushes what a library that is written in Lua gives.
func runSource(h Host, L *glua.LState, name, source string) int {
	f, err := h.Compile(name, source)
	if err != nil {
		L.RaiseError("%s: %s", name, err.Error())
	}
	L.Push(f)
	L.Call(0, 1)
	return 1
}
