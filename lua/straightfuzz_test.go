package lua

import (
	"fmt"
	"strings"
	"testing"
)

// straightWriter writes a script of functions that may be straight, as the bytes of a fuzz input say.
type straightWriter struct {
	choices []byte
	out     strings.Builder
	names   []string // the local variables in sight
	callees []string // the functions that may be called
	left    int      // how many more statements and expressions there may be
}

// choose gives a number below n.
func (w *straightWriter) choose(n int) int {
	w.left--
	if len(w.choices) == 0 {
		return 0
	}
	c := int(w.choices[0])
	w.choices = w.choices[1:]
	return c % n
}

func (w *straightWriter) one(of ...string) string { return of[w.choose(len(of))] }

func (w *straightWriter) function(name string, callees ...string) {
	w.names, w.callees, w.left = []string{"a", "b"}, callees, 60
	fmt.Fprintf(&w.out, "function %s(a, b)\n", name)
	w.block(3)
	w.out.WriteString("end\n")
}

func (w *straightWriter) block(depth int) {
	outer := len(w.names)
	for range 1 + w.choose(4) {
		w.statement(depth)
	}
	switch w.choose(6) {
	case 1:
		w.out.WriteString("return\n")
	case 2:
		fmt.Fprintf(&w.out, "return %s\n", w.value(2))
	}
	w.names = w.names[:outer]
}

func (w *straightWriter) statement(depth int) {
	if depth == 0 || w.left < 0 {
		w.out.WriteString("note(a)\n")
		return
	}
	switch w.choose(8) {
	case 0:
		fmt.Fprintf(&w.out, "note(%s, %s)\n", w.expression(3), w.expression(3))
	case 1:
		name := w.one("a", "c", "d")
		fmt.Fprintf(&w.out, "local %s = %s\n", name, w.expression(3))
		w.names = append(w.names, name)
	case 2:
		fmt.Fprintf(&w.out, "%s = %s\n", w.one(append(w.names, "one", "two")...), w.expression(3))
	case 3:
		fmt.Fprintf(&w.out, "if %s then\n", w.expression(3))
		w.block(depth - 1)
		w.out.WriteString("else\n")
		w.block(depth - 1)
		w.out.WriteString("end\n")
	case 4:
		w.out.WriteString("do\n")
		w.block(depth - 1)
		w.out.WriteString("end\n")
	case 5:
		fmt.Fprintf(&w.out, "%s\n", w.call())
	case 6:
		fmt.Fprintf(&w.out, "%s(%s, %s)\n", w.one("try", "stop", "give", "KSR.note.add", "KSR.echo.two", "KSR.echo.int"), w.callee(), w.expression(2))
	case 7:
		fmt.Fprintf(&w.out, "%s\n", w.one("KSR.x.exit()", "change(1)", "change(2)", "change(3)", "leave()", "vm()", "note(undefined.field)"))
	}
}

func (w *straightWriter) callee() string { return w.one(append(w.callees, "give")...) }

func (w *straightWriter) call() string {
	f := w.callee()
	switch w.choose(3) {
	case 0:
		return f + "()"
	case 1:
		return fmt.Sprintf("%s(%s)", f, w.expression(2))
	}
	return fmt.Sprintf("%s(%s, %s)", f, w.expression(2), w.expression(2))
}

// value is an expression that is no call, or one in brackets.
func (w *straightWriter) value(depth int) string { return "(" + w.expression(depth) + ")" }

func (w *straightWriter) expression(depth int) string {
	if depth == 0 || w.left < 0 || w.choose(3) == 0 {
		return w.one(append(w.names, "nil", "true", "false", "1", "2.5", `"text"`, `"7"`, "one", "two", "undefined", "TEXT", "setting.field")...)
	}
	switch w.choose(10) {
	case 0:
		return fmt.Sprintf("KSR.echo.two(%s, %s)", w.one(`"x"`, "TEXT", "a"), w.one("1", "ONE", "b"))
	case 1:
		return w.one("KSR.echo.none()", "KSR.echo.yes()", "KSR.echo.minus()", "KSR.echo.large()", "KSR.echo.null()", "KSR.echo.void()", "KSR.echo.empty()", "KSR.x.exit()", "KSR.nothing")
	case 2, 3:
		return w.call()
	case 4:
		return fmt.Sprintf("%s %s %s", w.value(depth-1), w.one("==", "~=", "<", ">"), w.value(depth-1))
	case 5:
		return fmt.Sprintf("%s %s %s", w.expression(0), w.one("<=", ">=", "==", "<"), w.one("1", "2", "-478"))
	case 6:
		return fmt.Sprintf("%s %s %s", w.value(depth-1), w.one("and", "or"), w.value(depth-1))
	case 7:
		return "not " + w.value(depth-1)
	case 8:
		return fmt.Sprintf("%s .. %s", w.value(depth-1), w.value(depth-1))
	}
	return fmt.Sprintf("(string.find(%s, %q))", w.expression(depth-1), w.one("t", "ex", "7", ""))
}

// straightWorld is what the functions find, besides straightPrelude.
const straightWorld = `
one, two = 1, "two"
function try(f, ...) note(pcall(f, ...)) end
function change(n)
	local code = {"function give(x) return 'new' end", "KSR.echo.two = function() return 'own' end", "string.find = function() return 'mine', 2 end"}
	loadstring(code[n])()
end
`

// FuzzStraight looks for a script that says something else when its functions run without the VM.
func FuzzStraight(f *testing.F) {
	f.Add([]byte("moonroute"))
	for seed := range 8 {
		choices := make([]byte, 200)
		for i := range choices {
			choices[i] = byte((i*i*31 + i*seed*17 + seed) >> 2)
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		w := &straightWriter{choices: choices}
		w.function("third")
		w.function("second", "third")
		w.function("f", "second", "third")
		script := straightWorld + w.out.String()
		if vm, straight := saysWith(t, script, true), saysWith(t, script, false); vm != straight {
			t.Errorf("the script:\n%s\nthe VM:\n%s\nstraight:\n%s", w.out.String(), vm, straight)
		}
	})
}
