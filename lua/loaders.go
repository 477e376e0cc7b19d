package lua

import (
	"errors"
	"os"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/lua/libs"
)

// maxChunk bounds the code that load() collects from its function.
const maxChunk = maxSource

// pushChunk compiles code and pushes its function, or nil and the reason.
func pushChunk(L *glua.LState, code, name string) int {
	s := stateOf(L)
	s.charge(L, 16*len(code)) // compiling is work
	compiled, err := s.engine.compileSource(code, name)
	if err != nil {
		L.Push(glua.LNil)
		L.Push(glua.LString(reason(err)))
		return 2
	}
	L.Push(s.instance(compiled))
	return 1
}

// reason is an error's text for a script, "file:line: reason" as Lua has it.
func reason(err error) string {
	var wrong *Error
	if errors.As(err, &wrong) {
		short := *wrong
		short.Column = 0
		return strings.TrimPrefix(short.Error(), "lua: ")
	}
	return strings.TrimPrefix(err.Error(), "lua: ")
}

// chunkName is how messages call a chunk: "=name" and "@file" name it, other texts are quoted.
func chunkName(name string) string {
	if strings.HasPrefix(name, "=") || strings.HasPrefix(name, "@") {
		return name[1:]
	}
	line, _, more := strings.Cut(name, "\n")
	if len(line) > 60 {
		line, more = line[:60], true
	}
	if more {
		line += "..."
	}
	return `[string "` + line + `"]`
}

func baseLoadString(L *glua.LState) int {
	code := L.CheckString(1)
	return pushChunk(L, code, chunkName(L.OptString(2, code)))
}

func baseLoad(L *glua.LState) int {
	fn, name := L.CheckFunction(1), L.OptString(2, "=(load)")
	var code strings.Builder
	for {
		stateOf(L).charge(L, 0)
		L.Push(fn)
		L.Call(0, 1)
		piece := L.Get(-1)
		L.Pop(1)
		if piece == glua.LNil || piece == emptyString {
			return pushChunk(L, code.String(), chunkName(name))
		}
		text, ok := piece.(glua.LString)
		if !ok || code.Len()+len(text) > maxChunk {
			L.Push(glua.LNil)
			L.Push(glua.LString("reader function must return a string, and not without end"))
			return 2
		}
		code.WriteString(string(text))
	}
}

func baseLoadFile(L *glua.LState) int {
	s := stateOf(L)
	compiled, err := s.version.sources.get(L.CheckString(1), s.loading)
	if err != nil {
		L.Push(glua.LNil)
		L.Push(glua.LString(reason(err)))
		return 2
	}
	L.Push(s.instance(compiled))
	return 1
}

func baseDoFile(L *glua.LState) int {
	s := stateOf(L)
	s.charge(L, 0)
	compiled, err := s.version.sources.get(L.CheckString(1), s.loading)
	if err != nil {
		L.Error(glua.LString(reason(err)), 0)
	}
	top := L.GetTop()
	L.Push(s.runAtOnce(compiled))
	L.Call(0, glua.MultRet)
	return L.GetTop() - top
}

// luaPath is where require looks, as Debian's Lua 5.1 does.
const luaPath = "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua;" +
	"/usr/local/lib/lua/5.1/?.lua;/usr/local/lib/lua/5.1/?/init.lua;" +
	"/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua"

// openPackage sets where modules come from: package.preload, files, and a last word about
// the libraries in C that cannot be loaded.
func (s *state) openPackage() {
	L, pkg := s.L, s.library("package")
	if os.Getenv(glua.LuaPath) == "" {
		pkg.RawSetString("path", glua.LString(luaPath))
	}
	loaders := pkg.RawGetString("loaders").(*glua.LTable)
	loaders.RawSetInt(2, L.NewFunction(loadFromFile))
	loaders.RawSetInt(3, L.NewFunction(explainMissing))
	preload := pkg.RawGetString("preload").(*glua.LTable)
	for _, lib := range libs.All() {
		preload.RawSetString(lib.Name, L.NewFunction(func(L *glua.LState) int { return lib.Open(s, L) }))
	}
}

// loadFromFile is the loader of Lua files on package.path.
func loadFromFile(L *glua.LState) int {
	s, name := stateOf(L), L.CheckString(1)
	s.charge(L, 0)
	path, ok := s.library("package").RawGetString("path").(glua.LString)
	if !ok {
		L.RaiseError("'package.path' must be a string")
	}
	file := strings.ReplaceAll(name, ".", string(os.PathSeparator))
	var tried strings.Builder
	for template := range strings.SplitSeq(string(path), ";") {
		candidate := strings.ReplaceAll(template, "?", file)
		if info, err := os.Stat(candidate); err != nil || info.IsDir() {
			tried.WriteString("\n\tno file '" + candidate + "'")
			continue
		}
		compiled, err := s.version.sources.get(candidate, s.loading)
		if err != nil {
			L.Error(glua.LString(reason(err)), 0)
		}
		L.Push(s.runAtOnce(compiled))
		return 1
	}
	L.Push(glua.LString(strings.TrimPrefix(tried.String(), "\n\t")))
	return 1
}

// explainMissing tells what is there in place of libraries written in C.
func explainMissing(L *glua.LState) int {
	if root, _, _ := strings.Cut(L.CheckString(1), "."); !cLibraries[root] {
		L.Push(glua.LString("no built-in library of that name"))
		return 1
	}
	L.Push(glua.LString("this library is written in C, which cannot be loaded here; the built-in libraries are " + standInNames()))
	return 1
}

// cLibraries are the libraries in C that KEMI scripts have been seen to require.
var cLibraries = map[string]bool{
	"socket": true, "ssl": true, "curl": true, "lcurl": true, "cURL": true, "luasql": true, "posix": true, "rex_posix": true,
	"lfs": true, "lpeg": true, "lsqlite3": true, "zlib": true, "struct": true, "crypto": true, "openssl": true,
}

// isStandIn tells whether there is a built-in library of that name.
func isStandIn(name string) bool {
	return slices.ContainsFunc(libs.All(), func(lib libs.Library) bool { return lib.Name == name })
}

// standInNames lists the built-in libraries for messages.
func standInNames() string {
	var names []string
	for _, lib := range libs.All() {
		names = append(names, lib.Name)
	}
	return strings.Join(names, ", ")
}
