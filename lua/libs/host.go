package libs

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// Host is what a library needs of the Lua state that it is opened in.
type Host interface {
	// Charge counts work on n bytes against the time of the script; it raises an error at its end.
	Charge(L *glua.LState, n int)
	// Room raises an error if a text of n bytes may not be made.
	Room(L *glua.LState, n int)
	// MaxText is how many bytes one text may have.
	MaxText() int
	// Wait runs f outside of the shard. F may block; it uses no value of Lua that others may use meanwhile.
	Wait(L *glua.LState, f func())
	// Server is the server around the state.
	Server() *kemi.Server
	// Handles are what the state has open.
	Handles() *Handles
	// Compile makes a function of the state from a library's source in Lua.
	Compile(name, source string) (*glua.LFunction, error)
}

// Library is one name that require finds.
type Library struct {
	Name string
	// Open pushes the library's table.
	Open func(h Host, L *glua.LState) int
}

// All lists the libraries by name.
func All() []Library {
	return []Library{
		{"base64", openBase64},
		{"bit", openBit},
		{"bit32", openBit32},
		{"cjson", func(h Host, L *glua.LState) int { return openCJSON(h, L, false) }},
		{"cjson.safe", func(h Host, L *glua.LState) int { return openCJSON(h, L, true) }},
		{"logging", openLogging},
		{"logging.console", openLoggingConsole},
		{"logging.file", openLoggingFile},
		{"logging.rolling_file", openLoggingFile},
		{"ltn12", openLTN12},
		{"luasql.mysql", openMySQL},
		{"luasql.sqlite3", openSQLite},
		{"mime", openMIME},
		{"posix.syslog", openSyslog},
		{"redis", openRedis},
		{"rex_pcre", openRex},
		{"rex_pcre2", openRex},
		{"socket", openSocket},
		{"socket.http", openHTTP},
		{"socket.url", openURL},
		{"ssl.https", openHTTPS},
	}
}

// pushTable pushes a table with functions, as a library or as the methods of a handle.
func pushTable(L *glua.LState, functions map[string]glua.LGFunction) *glua.LTable {
	t := L.SetFuncs(L.NewTable(), functions)
	L.Push(t)
	return t
}

// class makes the metatable of a kind of userdata.
func class(L *glua.LState, name string, methods map[string]glua.LGFunction) *glua.LTable {
	meta := L.NewTypeMetatable(name)
	meta.RawSetString("__index", L.SetFuncs(L.NewTable(), methods))
	meta.RawSetString("__tostring", L.NewFunction(func(L *glua.LState) int {
		L.Push(glua.LString(name))
		return 1
	}))
	return meta
}

// object makes a userdata of a class.
func object(meta *glua.LTable, value any) *glua.LUserData {
	return &glua.LUserData{Value: value, Metatable: meta}
}

// self is the value of the first argument, a userdata of type T.
func self[T any](L *glua.LState) T {
	v, ok := L.CheckUserData(1).Value.(T)
	if !ok {
		L.ArgError(1, "a handle of another kind")
	}
	return v
}

// failed pushes nil and the reason, as libraries report what may happen.
func failed(L *glua.LState, reason string) int {
	L.Push(glua.LNil)
	L.Push(glua.LString(reason))
	return 2
}

// text pushes a text that the script may keep.
func text(h Host, L *glua.LState, s string) int {
	h.Room(L, len(s))
	L.Push(glua.LString(s))
	return 1
}

// fieldOr is a text field of a table, or another text.
func fieldOr(t *glua.LTable, name, other string) string {
	if v := t.RawGetString(name); glua.LVCanConvToString(v) {
		return v.String()
	}
	return other
}
