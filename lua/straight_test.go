package lua

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// straightPrelude is what the cases call.
const straightPrelude = `
ONE, TEXT, count = 1, "text", 0
function note(...) local words = {...} for i = 1, select("#", ...) do words[i] = tostring(words[i]) end KSR.note.add(table.concat(words, " ")) end
function give(x) return x end
function nothing() return end
function leave() KSR.note.add("leaving") KSR.x.exit() end
function stop(x) if x == ONE then leave() end return x end
function many(...) return ... end
function vm() for _ = 1, 2 do leave() end end
function index(t, k) if k == "other" then leave() end return k end
setting = setmetatable({}, {__index = index, __lt = leave, __concat = leave, __call = leave})
function deep(n) count = give(count) if n then deep(n) end end
`

// straightCases are bodies of functions, which say the same whether the VM runs them or not.
var straightCases = []string{
	`local a = 1 do local a = 2 note(a) end note(a)`,
	`local a = KSR.echo.two("a", 1) if a == 2 then note("two", a) else note(a) end`,
	`local a = give(3) a = a if a > 2 and a < 4 then note("between") end if not (a >= 4) or a <= 2 then note("small") end`,
	`if KSR.echo.two("a", 1) < 3 then note("less") end if KSR.echo.two("a", 1) ~= 2 then note("no") end`,
	`if KSR.echo.two("a", ONE) >= ONE then note("at least", ONE) end`,
	`note(give(1) .. "x" .. 2.5 .. TEXT, nothing(), (nothing()))`,
	`note(many(1, 2), many(3, nil, 4)) note((many(5, 6)))`,
	`note(stop(2)) note(stop(1)) note("not reached")`,
	`local x = stop(1) note("not reached", x)`,
	`note(pcall(stop, 1)) note(pcall(give, 7)) note(pcall(nothing))`,
	`note(pcall(leave)) note("goes on")`,
	`if string.find(TEXT, "ex") and not string.find(TEXT, "no") then note("found", string.find(TEXT, "ex")) end`,
	`local n = 17 if string.find(n, "7") then note("in a number") end`,
	`note(pcall(function() deep(1) end))`,
	`count = 5 note(count) count = give("6") note(count + 1)`,
	`note(TEXT == "text", TEXT ~= "text", TEXT < "u", give(nil) == nil, give(false) == nil)`,
	`note(undefined, not undefined, undefined or "else", TEXT and ONE)`,
	`give()`, `give(1, 2, 3) note(give(1, 2, 3))`,
	`undefined()`, `note(undefined.field)`, `note(TEXT < 1)`, `note(KSR.echo.two("a", 1) < "x")`, `note(ONE <= give("1"))`, `note(ONE .. give(nil))`,
	`note(string.find(give(nil), "x"))`, `if string.find(nil, "x") then note("no") end`, `local x = KSR.x.exit() note("not reached")`,
	`note(KSR.nothing, KSR.note.nothing) KSR.nothing()`, `KSR.note.nothing()`, `KSR.note.add("a", "b") KSR.note.add() KSR.note.add(give(4)) KSR.note.add(give({}))`,
	`loadstring("function give(x) return 'new ' .. x end ONE = 8")() note(give(1), ONE)`,
	`loadstring("KSR.echo.two = function(...) return 'own', ... end")() note(KSR.echo.two("a", 1)) if KSR.echo.two("a", 1) == "own" then note("own") end`,
	`loadstring("KSR.echo.two = function(...) return 'own', ... end")() note(KSR.echo.two(TEXT, ONE), KSR.echo.two(TEXT, ONE)) KSR.echo.two(TEXT, ONE)`,
	`loadstring("KSR.echo.two = leave")() KSR.echo.two(TEXT, ONE) note("not reached")`,
	`loadstring("KSR.echo.two = leave")() if KSR.echo.two(TEXT, ONE) == 1 then note("not reached") end note("not reached")`,
	`note(setting.field) leaving = setting.other note("not reached", leaving)`,
	`note(setting < setting) note("not reached")`, `note(setting .. "x") note("not reached")`, `note(setting(1)) note("not reached")`,
	`vm() note("not reached")`, `local x = vm() note("not reached", x)`,
	`loadstring("string.find = function() return 'mine' end")() note(string.find(TEXT, "q")) if string.find(TEXT, "q") then note("mine") end`,
}

// runStraight says what a case does, and how it ends, with the VM for all of it or not.
func runStraight(t *testing.T, body string, vm bool) string {
	return saysWith(t, "function f()\n"+body+"\nend\n", vm)
}

// saysWith runs a script's function f, and once more twice in a route, with the VM for all of it or not.
func saysWith(t *testing.T, script string, vm bool) string {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module(), exits(), echo(n))
	end := ""
	if vm {
		end = "local never = function() return coroutine end" // with coroutines, no function is straight
	}
	h.load(straightPrelude + script + "function twice()\nf()\nf()\nend\n" + end)
	if s := h.e.current.Load().shards[0].free[0]; (len(s.straights) == 0) != vm {
		t.Fatalf("%d straight functions", len(s.straights))
	}
	file := h.e.Files()[0]
	said := ""
	for _, function := range []string{"f", "twice"} {
		outcome := h.run(function)
		said += n.take() + "\n" + map[route.Outcome]string{route.Done: "done", route.Failed: "failed"}[outcome] + "\n"
	}
	said = strings.ReplaceAll(said+h.lines(), filepath.Dir(file), "")
	return strings.NewReplacer("in function (anonymous)", "", "in function '?'", "", "\t[G]: in function 'find'\n", "").Replace(said)
}

func TestStraightFunctionsSayTheSame(t *testing.T) {
	for _, body := range straightCases {
		t.Run(body, func(t *testing.T) {
			if vm, straight := runStraight(t, body, true), runStraight(t, body, false); vm != straight {
				t.Errorf("the VM:\n%s\nstraight:\n%s", vm, straight)
			}
		})
	}
}

func TestTheBasicScriptIsStraight(t *testing.T) {
	code, err := os.ReadFile("testdata/basic.lua")
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(t, testLimits, Options{}, new(note).module())
	h.load(string(code))
	s := h.e.current.Load().shards[0].free[0]
	if named := len(s.version.functions); len(s.straights) != named {
		t.Errorf("%d of %d functions are straight", len(s.straights), named)
	}
}

// TestDeepStraightRecursion: it ends where the VM's does, by an error.
func TestDeepStraightRecursion(t *testing.T) {
	h := newHost(t, kemi.ScriptLimits{States: 1}, Options{}, new(note).module())
	h.load(`function f() g() end function g() f() end`)
	if got := h.run("f"); got != route.Failed || !strings.Contains(h.log.String(), "stack overflow") {
		t.Errorf("outcome %d\n%s", got, h.log)
	}
}

func TestStraightCallersAreInTheTrace(t *testing.T) {
	h := newHost(t, testLimits, Options{}, new(note).module())
	h.load("function inner(x)\n  if x < 1 then return end\nend\nfunction middle()\n  inner()\nend\nfunction outer()\n  middle()\nend")
	h.run("outer")
	text := h.lines()
	for _, want := range []string{"a.lua:2: attempt to compare", "a.lua:2: in function 'inner'", "a.lua:5: in function 'middle'", "a.lua:8: in function 'outer'", "5 | inner()"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
