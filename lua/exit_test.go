package lua

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
)

// exitCases leave a route in all the ways that scripts can. Each says "before" first; what it
// says after that is named here.
var exitCases = []struct {
	name, script string
	said         string
	quick        bool // without a Go panic
}{
	{"plain", `KSR.x.exit() say("no")`, "", true},
	{"returned", `return KSR.x.exit()`, "", true},
	{"alias", `local exit = KSR.x.exit exit() say("no")`, "", true},
	{"drop", `KSR.x.drop() say("no")`, "", true},
	{"function", `local function f() KSR.x.exit() say("no") end local function g() f() say("no") end g() say("no")`, "", true},
	{"tail calls", `local function f() KSR.x.exit() end local function g() return f() end return g()`, "", true},
	{"arguments", `local function f(a, ...) KSR.x.exit() end say("no", f(1, 2, 3), "no")`, "", true},
	{"vararg", `local function f(...) local a = {...} return KSR.x.exit() end f(1, 2, 3) say("no")`, "", true},
	{"recursion", `local function f(n) if n == 0 then KSR.x.exit() end f(n - 1) say("no") end f(100)`, "", true},
	{"loops", `for i = 1, 3 do while true do repeat KSR.x.exit() until false end end say("no")`, "", true},
	{"table call", `local t = setmetatable({}, {__call = function() KSR.x.exit() end}) t() say("no")`, "", true},
	{"condition", `if KSR.x.exit() then say("no") else say("no") end`, "", true},
	{"loaded code", `loadstring("KSR.x.exit()")() say("no")`, "", true},

	{"pcall", `say(pcall(function() KSR.x.exit() end))`, "false ~~ksr~exit~~", false},
	{"pcall of it", `say(pcall(KSR.x.exit))`, "false ~~ksr~exit~~", false},
	{"xpcall", `say(xpcall(function() KSR.x.exit() end, function(e) return "caught " .. tostring(e) end))`, "false caught ~~ksr~exit~~", false},
	{"after pcall", `pcall(error, "x") KSR.x.exit()`, "", true},
	{"coroutine", `local c = coroutine.create(function() KSR.x.exit() end) say(coroutine.resume(c)) say(coroutine.status(c))`, "false ~~ksr~exit~~\ndead", false},
	{"wrapped coroutine", `coroutine.wrap(function() KSR.x.exit() end)() say("no")`, "", false},
	{"after yield", `local c = coroutine.wrap(function() coroutine.yield(1) end) c() KSR.x.exit()`, "", true},
	{"iterator", `for x in function() KSR.x.exit() end do say("no") end say("no")`, "", false},
	{"sort", `table.sort({3, 2, 1}, function() KSR.x.exit() end) say("no")`, "", false},
	{"gsub", `string.gsub("abc", "%a", function() KSR.x.exit() end) say("no")`, "", false},
	{"__index", `local x = setmetatable({}, {__index = function() KSR.x.exit() end}).y say("no")`, "", false},
	{"__newindex", `setmetatable({}, {__newindex = function() KSR.x.exit() end}).y = 1 say("no")`, "", false},
	{"__add", `local x = setmetatable({}, {__add = function() KSR.x.exit() end}) + 1 say("no")`, "", false},
	{"__concat", `local x = setmetatable({}, {__concat = function() KSR.x.exit() end}) .. "a" say("no")`, "", false},
	{"__lt", `local mt = {__lt = function() KSR.x.exit() end} local x = setmetatable({}, mt) < setmetatable({}, mt) say("no")`, "", false},
	{"__eq", `local mt = {__eq = function() KSR.x.exit() end} local x = setmetatable({}, mt) == setmetatable({}, mt) say("no")`, "", false},
	{"__unm", `local x = -setmetatable({}, {__unm = function() KSR.x.exit() end}) say("no")`, "", false},
	{"__len", `local x = #setmetatable({}, {__len = function() KSR.x.exit() end}) say("no")`, "", false},
	{"__tostring", `local x = tostring(setmetatable({}, {__tostring = function() KSR.x.exit() end})) say("no")`, "", false},
	{"deep metamethod", `local function f() KSR.x.exit() end local x = setmetatable({}, {__index = function() f() return 1 end}).y say("no")`, "", false},
	{"nested route", `KSR.sleeper.relay("inner") say("goes on")`, "inside\ngoes on", true},
	{"nested, then outer", `KSR.sleeper.relay("inner") KSR.x.exit()`, "inside", true},
	{"nested in a coroutine", `coroutine.wrap(function() KSR.sleeper.relay("inner") say("goes on") end)()`, "inside\ngoes on", false},
}

const exitScript = `
function say(...)
	local words = {...}
	for i = 1, select("#", ...) do words[i] = tostring(words[i]) end
	KSR.note.add(table.concat(words, " "))
end
function inner() say("inside") KSR.x.exit() say("no") end
function f()
	local first, second = "kept", 1
	remember = function() second = second + 1 return first .. second end
	say("before")
	local function body() BODY
	end
	body()
end
function after() local a, b, c, d = 1, 2, 3, 4 say(remember(), a + b + c + d, remember()) end
`

func TestExit(t *testing.T) {
	for _, x := range exitCases {
		t.Run(x.name, func(t *testing.T) {
			n := new(note)
			h := newHost(t, testLimits, Options{}, n.module(), exits(), sleeper())
			h.load(strings.Replace(exitScript, "BODY", x.script, 1))
			s := h.e.current.Load().shards[0].free[0]
			for range 3 {
				s.raised = nil
				if got := h.run("f"); got != route.Done && !(x.name == "drop" && got == route.Dropped) {
					t.Fatalf("outcome %d\n%s", got, h.log)
				}
				if quick := s.raised == nil; quick != x.quick {
					t.Errorf("without a panic: %v", quick)
				}
				if got := n.take(); got != strings.TrimSuffix("before\n"+x.said, "\n") {
					t.Errorf("said %q", got)
				}
				h.run("after")
				if got := n.take(); got != "kept2 10 kept3" {
					t.Errorf("afterwards said %q\n%s", got, h.log)
				}
				if s.L.Parent != nil || s.L.G.CurrentThread != s.L || s.L.GetTop() != 0 {
					t.Error("the state is not as it was")
				}
			}
		})
	}
}

// TestErrorsAfterAnExit checks that what an exit leaves behind does not show in a trace.
func TestErrorsAfterAnExit(t *testing.T) {
	h := newHost(t, testLimits, Options{}, exits())
	h.load("local function inner()\n\tKSR.x.exit()\nend\nfunction f()\n\tinner()\nend\nfunction g()\n\tlocal x = nil + 1\nend")
	h.run("f")
	if h.run("g") != route.Failed {
		t.Fatal("no failure")
	}
	if log := h.log.String(); !strings.Contains(log, "a.lua:8: ") || strings.Contains(log, "a.lua:2") || strings.Contains(log, "a.lua:5") {
		t.Error(log)
	}
}

func BenchmarkExit(b *testing.B) {
	h := newHost(b, testLimits, Options{}, exits())
	h.load("local function inner() KSR.x.exit() end function f() inner() end")
	h.benchmark(b, "f")
}
