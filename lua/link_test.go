package lua

import (
	"slices"
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/route"
)

// linkCases are scripts that change a global which their code reads as a constant, or seem to. F is run twice.
var linkCases = []struct{ name, top, f, said string }{
	{"nothing changes", `FLAG = 7 function g() return FLAG end`, `say(g(), string.find("abc", "c"), KSR.nothing)`, "7 3 nil|7 3 nil"},
	{"a function assigns", `function g() return 1 end function swap() g = function() return 2 end end`, `say(g()) swap() say(g())`, "1|2|2|2"},
	{"code made at run time assigns", `function g() return 1 end`, `say(g()) loadstring("g = function() return 2 end")() say(g())`, "1|2|2|2"},
	{"a function made at run time assigns later", `N = 1 function g() return N end`, `set = set or loadstring("N = N + 1") say(g()) set() say(g())`, "1|2|2|3"},
	{"a chunk that is kept assigns", `N = 1 function g() return N end set = loadstring("N = N + 1")`, `say(g()) set() say(g())`, "1|2|2|3"},
	{"_G", `function g() return 1 end`, `say(g()) _G.g = function() return 2 end say(g())`, "1|2|2|2"},
	{"_G at run time", `function g() return 1 end`, `say(g()) loadstring("_G['g'] = function() return 2 end")() say(g())`, "1|2|2|2"},
	{"setfenv", `function g() return 1 end function h() return g() end`, `say(h()) setfenv(h, {g = function() return 2 end}) say(h())`, "1|2|2|2"},
	{"the last script wins", `function g() return 1 end function g() return 2 end FLAG = 1 FLAG = 2`, `say(g(), FLAG)`, "2 2|2 2"},
	{"a field of a table", `T = {x = 1} function g() T.x = T.x + 1 return T.x end`, `say(T.x, g())`, "1 2|2 3"},
	{"no value yet", `function g() return FLAG end`, `say(g()) FLAG = (FLAG or 0) + 1 say(g())`, "nil|1|1|2"},
	{"no function yet", `function g() return helper() end`, `say(pcall(g)) loadstring("helper = function() return 'helped' end")() say(pcall(g))`,
		"false a.lua:6: attempt to call a non-function object|true helped|true helped|true helped"},
	{"a library's function replaced", ``, `say((string.find("abc", "c"))) string.find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"at run time", ``, `say((string.find("abc", "c"))) loadstring("string.find = function() return 'mine' end")() say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by another name", `local s = string function change() s.find = function() return "mine" end end`, `say((string.find("abc", "c"))) change() say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by the metatable of texts", ``, `say((string.find("abc", "c"))) getmetatable("").__index.find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by package", ``, `say((string.find("abc", "c"))) package.loaded.string.find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by require", ``, `say((string.find("abc", "c"))) require("string").find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by a pattern's own words", ``, `say((string.gsub("abc", "c", "string")), type("x") == "string")`, "abstring true|abstring true"},
	{"a new function of a library", ``, `say(string.mine) loadstring("string.mine = 1")() say(string.mine)`, "nil|1|1|1"},
	{"a table or another", `other = {find = function() return "other" end}`, `for _, x in ipairs{false, other} do say(((x or string).find("abc", "c"))) end`, "3|other|3|other"},
	{"a module that comes", ``, `say(type(KSR.more)) loadstring("KSR.more = {one = 1}")() say(KSR.more and KSR.more.one)`, "nil|1|table|1"},
	{"another KSR", ``, `say(KSR.more) loadstring("KSR = {note = KSR.note, more = 2}")() say(KSR.more)`, "nil|2|2|2"},
	{"a local of the same name", `function g() return 1 end`, `local g = function() return 2 end local string = {find = function() return 3 end} say(g(), string.find())`, "2 3|2 3"},
	{"a coroutine assigns", `function g() return 1 end co = coroutine.wrap(function() g = function() return 2 end coroutine.yield() end)`, `say(g()) if co then co() co = nil end say(g())`, "1|2|2|2"},
	{"a table of its own in the place of a library", `fake = {time = function() return 1 end} os = fake`, `say(os.time()) fake.time = function() return 2 end say(os.time())`, "1|2|2|2"},
	{"a walk over the libraries", `for _, lib in pairs(package.loaded) do if lib.gsub then S = lib end end`, `say((string.find("abc", "c"))) S.find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by the index of texts", ``, `say((string.find("abc", "c"))) ; (""):rep(1) string.__index.find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"by a name in a table", `L = {lib = "string"}`, `say((string.find("abc", "c"))) require(L.lib).find = function() return "mine" end say((string.find("abc", "c")))`, "3|mine|mine|mine"},
	{"a chunk runs again", `V = (V or 0) + 1 main = main or debug.getinfo(1, "f").func`, `say(V) V0 = V main() say(V == V0 + 1)`, "1|true|2|true"},
	{"two zeros", `A = 0 local z = 0 B = -z`, `say(1 / A, 1 / B)`, "inf -inf|inf -inf"},
	{"many values", `A, B, C = 1, "b", false`, `say(A, B, C, A == 1, B .. A)`, "1 b false true b1|1 b false true b1"},
}

const sayIt = "function say(...)\n\tlocal words = {...}\n\tfor i = 1, select('#', ...) do words[i] = tostring(words[i]) end\n" +
	"\tKSR.note.add(table.concat(words, ' '))\nend\n"

func TestLinks(t *testing.T) {
	for _, x := range linkCases {
		t.Run(x.name, func(t *testing.T) {
			n := new(note)
			h := newHost(t, testLimits, Options{}, n.module())
			h.load(sayIt + x.top + "\nfunction f()\n" + x.f + "\nend")
			for range 2 {
				if h.run("f") != route.Done {
					t.Error(h.log)
				}
			}
			if got := strings.ReplaceAll(strings.ReplaceAll(n.take(), h.e.Files()[0], "a.lua"), "\n", "|"); got != x.said {
				t.Errorf("said %q, want %q", got, x.said)
			}
		})
	}
}

func TestLinksOfCallbacks(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`function f() KSR.note.add("first") loadstring("function f() KSR.note.add('second') end")() end
		function g() KSR.note.add("first") g = h end function h() KSR.note.add("second") end`)
	for _, name := range []string{"f", "f", "g", "g", "f", "h"} {
		h.run(name)
	}
	if got := strings.ReplaceAll(n.take(), "\n", " "); got != "first second first second second second" {
		t.Errorf("%q", got)
	}
}

// TestLinksOfLateCallbacks: code made at run time assigns to a callback that had not run before.
func TestLinksOfLateCallbacks(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`function cb() KSR.note.add("one") end function init() set = loadstring("cb = function() KSR.note.add('two') end") end function fire() set() end`)
	for _, name := range []string{"init", "cb", "fire", "cb"} {
		h.run(name)
	}
	if got := n.take(); got != "one\ntwo" {
		t.Errorf("%q", got)
	}
}

func TestLinksOfTwoFiles(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`function g() return "a" end function f() KSR.note.add(g()) end`, `function g() return "b" end`)
	h.run("f")
	if got := n.take(); got != "b" {
		t.Errorf("%q", got)
	}
}

// TestLinksLeaveGoAlone: Go functions of the embedding program may set globals unseen.
func TestLinksLeaveGoAlone(t *testing.T) {
	n := new(note)
	setup := func(L *glua.LState) {
		L.SetGlobal("set", L.NewFunction(func(L *glua.LState) int { L.SetGlobal("x", glua.LString("new")); return 0 }))
	}
	h := newHost(t, testLimits, Options{Setup: []Setup{setup}}, n.module())
	h.load(`x = "old" function f() KSR.note.add(x) set() KSR.note.add(x) end`)
	h.run("f")
	if got := n.take(); got != "old\nnew" {
		t.Errorf("%q", got)
	}
}

// lookups counts the reads of globals and of their fields in a state's code.
func lookups(s *state) (n int) {
	for _, f := range s.functions {
		if f.proto.LineDefined == 0 {
			continue // the top level
		}
		for _, code := range f.proto.Code {
			if op := instruction(code).op(); op == glua.OP_GETGLOBAL || op == glua.OP_GETTABLEKS {
				n++
			}
		}
	}
	return n
}

func TestLinksTakeTheLookups(t *testing.T) {
	h := newHost(t, testLimits, Options{}, stubModules()...)
	if err := h.e.Load([]string{"testdata/basic.lua"}); err != nil {
		t.Fatal(err)
	}
	s := h.e.current.Load().shards[0].free[0]
	if n := lookups(s); n != 1 { // KSR.auth.auth_challenge: there is no KSR.auth
		t.Errorf("%d lookups are left", n)
	}
	s.unlink()
	if s.functions != nil || s.names == nil || s.constant(map[string]bool{"string": true}) {
		t.Error("still linked")
	}
}

// TestInstructions compares the reading and making of instructions with gopher-lua's own compiler.
func TestInstructions(t *testing.T) {
	tree, err := parseSource("return 'a', 'b', x.y", "x")
	if err != nil {
		t.Fatal(err)
	}
	p, err := glua.Compile(tree, "x")
	if err != nil {
		t.Fatal(err)
	}
	if p.Code[0] != loadConstant(0, 0) || p.Code[1] != loadConstant(1, 1) {
		t.Errorf("%x", p.Code)
	}
	get, field := instruction(p.Code[2]), instruction(p.Code[3])
	if get.op() != glua.OP_GETGLOBAL || nameOf(p, get.bx()) != "x" || !field.isField(get) || nameOf(p, field.c()&^constantBit) != "y" {
		t.Errorf("%x %q", p.Code, p.Constants)
	}
	if slices.Contains(p.Code, doNothing) {
		t.Errorf("%x", p.Code)
	}
}
