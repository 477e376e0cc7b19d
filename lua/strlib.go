package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// stringFunctions replace those of gopher-lua's string library: exact for bytes, quicker,
// and bounded in time and size.
var stringFunctions = map[string]*glua.LFunction{
	"find":   goFunction(stringFind),
	"match":  goFunction(stringMatch),
	"gmatch": goFunction(stringGmatch),
	"gfind":  goFunction(stringGmatch),
	"gsub":   goFunction(stringGsub),
	"format": goFunction(stringFormat),
	"rep":    goFunction(stringRep),
	"lower":  goFunction(stringLower),
	"upper":  goFunction(stringUpper),
	"sub":    goFunction(stringSub),
}

func stringRep(L *glua.LState) int {
	text, n := L.CheckString(1), L.CheckInt(2)
	if n <= 0 || text == "" {
		L.Push(emptyString)
		return 1
	}
	if n > (1<<40)/len(text) {
		L.RaiseError("resulting string too large")
	}
	stateOf(L).room(L, n*len(text))
	L.Push(glua.LString(strings.Repeat(text, n)))
	return 1
}

func stringLower(L *glua.LState) int { return mapBytes(L, 'A', 'Z') }

func stringUpper(L *glua.LState) int { return mapBytes(L, 'a', 'z') }

// mapBytes changes the case of the ASCII letters between from and to, and of nothing else.
func mapBytes(L *glua.LState, from, to byte) int {
	text := L.CheckString(1)
	i := 0
	for i < len(text) && (text[i] < from || text[i] > to) {
		i++
	}
	if i == len(text) {
		L.Push(luaString(text))
		return 1
	}
	stateOf(L).charge(L, len(text))
	out := []byte(text)
	for ; i < len(out); i++ {
		if out[i] >= from && out[i] <= to {
			out[i] ^= 0x20
		}
	}
	L.Push(glua.LString(out))
	return 1
}

func stringSub(L *glua.LState) int {
	text := L.CheckString(1)
	from, to := startIndex(L.CheckInt(2), len(text)), L.OptInt(3, -1)
	if to < 0 {
		to += len(text) + 1
	}
	if to = min(to, len(text)); from >= to {
		L.Push(emptyString)
		return 1
	}
	L.Push(glua.LString(piece(text, from, to)))
	return 1
}
