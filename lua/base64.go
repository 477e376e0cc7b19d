package lua

import (
	"encoding/base64"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// standIns are built-in libraries in place of those in C that scripts require.
var standIns = map[string]glua.LGFunction{
	"base64":       openBase64,
	"posix.syslog": openSyslog,
	"cjson":        func(L *glua.LState) int { return openCJSON(L, false) },
	"cjson.safe":   func(L *glua.LState) int { return openCJSON(L, true) },
}

// standInNames lists the built-in libraries for messages.
func standInNames() string {
	return strings.Join([]string{"base64", "cjson", "cjson.safe", "posix.syslog"}, ", ")
}

// openBase64 makes the base64 library: encode, and decode, which gives nil for what is not base64.
func openBase64(L *glua.LState) int {
	lib := L.NewTable()
	lib.RawSetString("encode", goFunction(base64Encode))
	lib.RawSetString("decode", goFunction(base64Decode))
	L.Push(lib)
	return 1
}

func base64Encode(L *glua.LState) int {
	text := L.CheckString(1)
	stateOf(L).room(L, len(text)*4/3)
	L.Push(luaString(base64.StdEncoding.EncodeToString([]byte(text))))
	return 1
}

// base64Decode skips what is no base64 character, as the libraries in C do.
func base64Decode(L *glua.LState) int {
	text := L.CheckString(1)
	stateOf(L).charge(L, len(text))
	clean := strings.Map(func(r rune) rune {
		if r < 0x80 && (isLetter(byte(r)) || isDigit(byte(r)) || r == '+' || r == '/') {
			return r
		}
		return -1
	}, text)
	raw, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		L.Push(glua.LNil)
		return 1
	}
	L.Push(luaString(string(raw)))
	return 1
}
