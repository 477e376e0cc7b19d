package lua

import (
	"strings"
	"sync"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// TestPreparedArguments compares calls with constants to the same calls with variables.
func TestPreparedArguments(t *testing.T) {
	for _, args := range []string{
		`"a", 1`, `"", 0`, `12, "7"`, `1.5, -3`, `-0.5, 1e20`, `"x", "0x10"`, `"x", " 12 "`, `"x", "7x"`, `[[long
text]], 1`, `"\0\255", 2147483648`, `"a"`, `"a", 1, 2`, `nil, true`, `"a", nil`, `0x10, 1e3`, `--1, - -1`[2:],
	} {
		t.Run(args, func(t *testing.T) {
			constants, names := new(note), new(note)
			for n, call := range map[*note]string{
				constants: "return KSR.echo.two(" + args + ")",
				names:     "local t = {n = select('#', " + args + "), " + args + "} return KSR.echo.two(unpack(t, 1, t.n))",
			} {
				h := newHost(t, testLimits, Options{}, echo(n))
				h.load("function f() " + call + " end")
				h.run("f")
			}
			if a, b := constants.take(), names.take(); a != b {
				t.Errorf("constants gave %q, variables %q", a, b)
			}
		})
	}
}

// preparedCases are scripts that change what a name below KSR means, or look at calls.
var preparedCases = []struct{ name, script, said string }{
	{"alias", `local get = KSR.echo.two say(get("a", 1), get == KSR.echo.two)`, "2 true"},
	{"replaced at run time", `loadstring("KSR.echo.two = function(...) return ... end")() say(KSR.echo.two("a", -1.5), KSR.echo.two([[b]], 0x10))`, "a b 16"},
	{"all values", `loadstring("KSR.echo.two = function(...) return ... end")() say(KSR.echo.two("a", -1.5))`, "a -1.5"},
	{"replaced and back", `loadstring("old = KSR.echo.two KSR.echo.two = function() return 'new' end")()
		say(KSR.echo.two("a", 1)) loadstring("KSR.echo.two = old")() say(KSR.echo.two("a", 1))`, "new\n2"},
	{"another KSR", `loadstring("KSR = {note = KSR.note, echo = {two = function(a, b) return b, a end}}")() say(KSR.echo.two("a", 1))`, "1 a"},
	{"local KSR", `local note = KSR.note local KSR = {note = note, echo = {two = function(a, b) return "mine " .. a .. b end}} say(KSR.echo.two("a", 1))`, "mine a1"},
	{"parameter KSR", `local function g(KSR) return KSR.echo.two("a", 1) end say(g({echo = {two = function(a, b) return "mine " .. a .. b end}}))`, "mine a1"},
	{"loop variable KSR", `for _, KSR in ipairs({{echo = {two = function(a, b) return "mine " .. a .. b end}}}) do say(KSR.echo.two("a", 1)) end`, "mine a1"},
	{"table taken out", `local t = KSR.echo t.two = function() return "changed" end say(KSR.echo.two("a", 1)) t.two = nil say(pcall(function() return KSR.echo.two("a", 1) end))`,
		"changed\nfalse a.lua:7: attempt to call a non-function object"},
	{"error", `loadstring("KSR.echo.two = function(a, b) error('with ' .. a .. b) end", "=x")()
		say(pcall(function()
			local x = 1

			return (KSR.echo.two("a", 1))
		end))`, "false x:1: with a1"},
	{"metatable", `loadstring("setmetatable(KSR.echo, {__index = function(t, k) return function(...) return k, ... end end}) KSR.echo.two = nil")() say(KSR.echo.two("a", 1))`, "two a 1"},
	{"callable table", `loadstring("KSR.echo.two = setmetatable({}, {__call = function(self, ...) return ... end})")() say(KSR.echo.two("a", 1))`, "a 1"},
	{"environment", `local f = loadstring("return KSR.echo.two('a', 1)") setfenv(f, {KSR = {echo = {two = function(...) return 'env', ... end}}}) say(f())`, "env a 1"},
}

func TestPreparedCalls(t *testing.T) {
	for _, x := range preparedCases {
		t.Run(x.name, func(t *testing.T) {
			n := new(note)
			h := newHost(t, testLimits, Options{}, n.module(), echo(new(note)))
			h.load("function say(...)\n\tlocal words = {...}\n\tfor i = 1, select('#', ...) do words[i] = tostring(words[i]) end\n" +
				"\tKSR.note.add(table.concat(words, ' '))\nend\nfunction f()\n" + x.script + "\nend")
			file := h.e.Files()[0]
			if got := h.run("f"); got != route.Done {
				t.Errorf("outcome %d\n%s", got, h.log)
			}
			if got := strings.ReplaceAll(n.take(), file, "a.lua"); got != x.said {
				t.Errorf("said %q, want %q", got, x.said)
			}
		})
	}
}

// where is a module that tells where in the script it is called.
func where(n *note) kemi.Module {
	return kemi.Define(kemi.Spec[note]{Name: "where", New: func() *note { return n }, Funcs: kemi.Funcs[note]{
		{Name: "am_i", Args: "text str", Call: func(n *note, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			at := c.Where()
			n.lines = append(n.lines, a.Str(0)+at[strings.LastIndexByte(at, '/')+1:])
			return kemi.Int(1)
		}},
	}})
}

func TestPreparedCallsHaveAPlace(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, where(n))
	h.load("function f()\n\n\tKSR.where.am_i('one ')\n\tlocal x =\n\t\tKSR.where.am_i('two ')\n\treturn KSR.where.am_i('three ')\nend")
	h.run("f")
	if got := n.take(); got != "one a.lua:3\ntwo a.lua:5\nthree a.lua:6" {
		t.Errorf("%q", got)
	}
}

// TestPreparedCallsAreBounded: code that scripts make at run time does not fill the memory.
func TestPreparedCallsAreBounded(t *testing.T) {
	n := new(note)
	h := newHost(t, kemi.ScriptLimits{Memory: 64 << 20, States: 8}, Options{}, n.module())
	h.load(`function f() for i = 1, 9000 do loadstring("KSR.note.add('" .. i .. "')")() end end`)
	if h.run("f") != route.Done {
		t.Fatal(h.log)
	}
	if got := n.take(); strings.Count(got, "\n") != 8999 || !strings.HasSuffix(got, "\n9000") {
		t.Errorf("%d calls", strings.Count(got, "\n"))
	}
	if kept := len(h.e.direct.prepared); kept != maxPrepared {
		t.Errorf("%d prepared calls", kept)
	}
}

// texts is a module whose function gives the next of some texts.
type texts struct {
	all  []string
	next int
}

func (s *texts) module() kemi.Module {
	return kemi.Define(kemi.Spec[texts]{Name: "source", New: func() *texts { return s }, Funcs: kemi.Funcs[texts]{
		{Name: "text", Returns: kemi.AnyValue, Call: func(s *texts, _ *kemi.Ctx, _ *kemi.Args) kemi.Value {
			s.next++
			return kemi.Str(s.all[s.next-1])
		}},
	}})
}

func TestBoxesHoldTheLastText(t *testing.T) {
	long := strings.Repeat("x", longestKept+1)
	all := []string{"a", "a", "b", "", "a", long, "a", long, long[1:], "", "ab"}
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module(), (&texts{all: all}).module())
	h.load(`function f() local t, get = {}, KSR.source.text for i = 1, 11 do t[i] = i % 2 == 0 and get() or KSR.source.text() or "" end
		for i = 1, 11 do KSR.note.add(t[i]) end end`)
	if h.run("f") != route.Done {
		t.Fatal(h.log)
	}
	if got := n.take(); got != strings.Join(all, "\n") {
		t.Errorf("%q", got)
	}
}

// TestPreparedCallsAreShared runs the same calls on two shards at once, for the race detector.
func TestPreparedCallsAreShared(t *testing.T) {
	n := new(note)
	h := newHost(t, kemi.DefaultScriptLimits(), Options{}, n.module())
	h.load(`function f() for i = 1, 100 do KSR.note.add("same") end end`)
	var both sync.WaitGroup
	for shard := range h.shards {
		both.Go(func() { h.runIn(shard, route.RequestRoute, route.Callback{Name: "f"}) })
	}
	both.Wait()
	if got := strings.Count(n.take(), "same"); got != 200 {
		t.Errorf("%d calls", got)
	}
}
