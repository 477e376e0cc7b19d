package lua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// echo is a module whose functions tell what they were given.
func echo(n *note) kemi.Module {
	tell := func(n *note, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
		var got []string
		for i := range a.Len() {
			got = append(got, fmt.Sprintf("%q", a.At(i).Text()))
		}
		n.lines = append(n.lines, strings.Join(got, " "))
		return kemi.Int(a.Len())
	}
	constant := func(v kemi.Value) func(*note, *kemi.Ctx, *kemi.Args) kemi.Value {
		return func(*note, *kemi.Ctx, *kemi.Args) kemi.Value { return v }
	}
	table := new(kemi.Table)
	table.Add(kemi.Int(7))
	table.Set("name", kemi.Str("x"))
	return kemi.Define(kemi.Spec[note]{
		Name: "echo", New: func() *note { return n },
		Funcs: kemi.Funcs[note]{
			{Name: "none", Call: tell}, {Name: "str", Args: "text str", Call: tell}, {Name: "int", Args: "n int", Call: tell},
			{Name: "two", Args: "text str, n int", Call: tell}, {Name: "branch", Routes: route.BranchRoute, Call: tell},
			{Name: "void", Call: constant(kemi.Void)}, {Name: "null", Call: constant(kemi.Null)}, {Name: "yes", Call: constant(kemi.Bool(true))},
			{Name: "empty", Call: constant(kemi.Str(""))}, {Name: "minus", Call: constant(kemi.Int(-478))}, {Name: "large", Call: constant(kemi.Int(1 << 40))},
			{Name: "list", Call: constant(kemi.List(table))},
			{Name: "crash", Call: func(*note, *kemi.Ctx, *kemi.Args) kemi.Value { panic("a mistake in a module") }},
		},
	})
}

// TestArguments: what a call gives to the function, what it gives back, and what is logged;
// the values are those of Kamailio 5.6.3.
func TestArguments(t *testing.T) {
	cases := []struct{ expr, given, result, logged string }{
		{`KSR.echo.none()`, ``, `0`, ``},
		{`KSR.echo.none(1)`, `-`, `false`, `a.lua:2: KSR.echo.none: it takes no arguments and was given 1`},
		{`KSR.echo.none(nil)`, `-`, `false`, `it takes no arguments`},
		{`KSR.echo.str()`, `-`, `false`, `KSR.echo.str: it takes 1 argument and was given 0`},
		{`KSR.echo.two("a")`, `-`, `false`, `it takes 2 arguments and was given 1`},
		{`KSR.echo.str("a", 2, 3, 4, 5, 6)`, `"a"`, `1`, ``},
		{`KSR.echo.str("a", 2, 3, 4, 5, 6, 7)`, `-`, `false`, `it takes 1 argument and was given 7`},
		{`KSR.echo.str(nil)`, `""`, `1`, `a.lua:2: KSR.echo.str: argument 1 (text) is nil where a text is expected`},
		{`KSR.echo.str({})`, `""`, `1`, `argument 1 (text) is table`},
		{`KSR.echo.str(true)`, `""`, `1`, `argument 1 (text) is boolean`},
		{`KSR.echo.str(12)`, `"12"`, `1`, ``},
		{`KSR.echo.str(3.99)`, `"3.99"`, `1`, ``},
		{`KSR.echo.str(1/3)`, `"0.33333333333333"`, `1`, ``},
		{`KSR.echo.str(1e15)`, `"1e+15"`, `1`, ``},
		{`KSR.echo.str(1e14)`, `"1e+14"`, `1`, ``},
		{`KSR.echo.str(-0.5)`, `"-0.5"`, `1`, ``},
		{`KSR.echo.int(7)`, `"7"`, `1`, ``},
		{`KSR.echo.int("x")`, `"0"`, `1`, `argument 1 (n) is the text "x" where a number is expected; 0 is taken`},
		{`KSR.echo.int("12")`, `"12"`, `1`, ``},
		{`KSR.echo.int(" 12 ")`, `"12"`, `1`, ``},
		{`KSR.echo.int("7x")`, `"0"`, `1`, `is the text "7x"`},
		{`KSR.echo.int("0x10")`, `"16"`, `1`, ``},
		{`KSR.echo.int("3.99")`, `"3"`, `1`, ``},
		{`KSR.echo.int(3.99)`, `"3"`, `1`, ``},
		{`KSR.echo.int(-3.99)`, `"-3"`, `1`, ``},
		{`KSR.echo.int(1e20)`, `"0"`, `1`, ``},
		{`KSR.echo.int(2^32)`, `"0"`, `1`, ``},
		{`KSR.echo.int(nil)`, `"0"`, `1`, `argument 1 (n) is nil where a number is expected`},
		{`KSR.echo.int(true)`, `"0"`, `1`, `is boolean`},
		{`KSR.echo.branch()`, `-`, `false`, `it cannot be called in this route`},
		{`KSR.echo.void()`, `-`, `false`, ``},
		{`KSR.echo.null()`, `-`, `nil`, ``},
		{`KSR.echo.yes()`, `-`, `true`, ``},
		{`KSR.echo.empty()`, `-`, ``, ``},
		{`KSR.echo.minus()`, `-`, `-478`, ``},
		{`KSR.echo.large()`, `-`, `1099511627776`, ``},
		{`KSR.echo.list()[1] .. KSR.echo.list().name`, `-`, `7x`, ``},
		{`KSR.echo:str()`, `""`, `1`, `argument 1 (text) is table`},
		{`select("#", KSR.echo.null())`, `-`, `1`, ``},
	}
	for _, c := range cases {
		t.Run(c.expr, func(t *testing.T) { checkCall(t, c.expr, c.given, c.result, c.logged) })
	}
}

// checkCall runs a call twice; what is wrong with it is to be logged once.
func checkCall(t *testing.T, expr, wantGiven, result, logged string) {
	said, given := new(note), new(note)
	h := newHost(t, testLimits, Options{}, said.module(), echo(given))
	h.load("function f()\n local r = " + expr + "\n KSR.note.add(tostring(r)) end")
	for range 2 {
		if got := h.run("f"); got != route.Done {
			t.Fatalf("outcome %d\n%s", got, h.log)
		}
	}
	if wantGiven == "-" {
		if len(given.lines) != 0 {
			t.Errorf("it ran with %s", given.lines[0])
		}
	} else if len(given.lines) != 2 || given.lines[0] != wantGiven {
		t.Errorf("given %q, want %q", given.lines, wantGiven)
	}
	if got := said.lines[0]; got != result {
		t.Errorf("result %q, want %q", got, result)
	}
	log := h.log.String()
	if logged == "" && strings.Contains(log, "ERROR") || strings.Count(log, "ERROR") > 1 || !strings.Contains(log, logged) {
		t.Errorf("log %q, want once %q", log, logged)
	}
}

func TestAPanicInAModuleIsAnErrorOfTheScript(t *testing.T) {
	h := newHost(t, testLimits, Options{}, echo(new(note)))
	h.load("function f() KSR.echo.crash() end function ok() end")
	if h.run("f") != route.Failed || h.run("ok") != route.Done {
		t.Error(h.log)
	}
	if !strings.Contains(h.log.String(), "a.lua:1") {
		t.Errorf("log: %s", h.log)
	}
}

func TestCallsAtTheTopLevelAreRefused(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`top = KSR.note.add("too early") function f() KSR.note.add(tostring(top)) end`)
	h.run("f")
	if got := n.take(); got != "false" || !strings.Contains(h.log.String(), "a.lua:1: KSR.note.add: there is no message") {
		t.Errorf("%q\n%s", got, h.log)
	}
}
