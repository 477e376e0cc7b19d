package lua

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/nearest"
	"github.com/moonroute/moonroute/kemi"
)

// Check reads the scripts without running them.
func (e *engine) Check(files []string) []kemi.Finding {
	c := &checker{engine: e, registry: e.host.Registry, defined: map[string]bool{}}
	for _, file := range files {
		c.read(file)
	}
	for _, s := range c.scripts {
		c.script(s)
	}
	return c.findings
}

// warn logs what Check finds in scripts that have been loaded: real scripts carry such
// names on paths that they never reach. A route that does reach one is told of it too.
func (e *engine) warn(files []string) {
	known := map[string]string{}
	for _, f := range e.Check(files) {
		what := f.Message
		if f.Hint != "" {
			what += " (" + f.Hint + ")"
		}
		known[fmt.Sprintf("%s:%d", f.File, f.Line)] = what
		text := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, what)
		e.log().Once("check "+text, log.Warn, "<script>", text)
	}
	e.known.Store(&known)
}

// explain adds what the check found at the place of an error: the language itself only says
// that a nil value was called.
func (e *engine) explain(text string) string {
	known := e.known.Load()
	if known == nil {
		return text
	}
	if what := (*known)[place(text)]; what != "" {
		return text + ": " + what
	}
	return text
}

// checker looks for names in scripts that nothing answers to.
type checker struct {
	engine   *engine
	registry *kemi.Registry
	scripts  []*script
	defined  map[string]bool // global functions of all files
	findings []kemi.Finding
}

// script is one file under check.
type script struct {
	file   string
	lines  []string
	chunk  []ast.Stmt
	tested map[string]bool // names below KSR that the file compares with nil: "auth", "pv.get"
}

// read parses a file; what cannot be read is a finding.
func (c *checker) read(file string) {
	code, err := readSource(file)
	if err != nil {
		c.findings = append(c.findings, kemi.Finding{File: file, Message: strings.TrimPrefix(err.Error(), "lua: "), Fatal: true})
		return
	}
	s := &script{file: file, lines: strings.Split(code, "\n"), tested: map[string]bool{}}
	s.chunk, err = parseSource(code, file)
	if err == nil {
		_, err = c.engine.compileSource(code, file)
	}
	if err != nil {
		c.findings = append(c.findings, s.syntax(err))
		return
	}
	definitions(s.chunk, c.defined)
	tests(s.chunk, s.tested)
	c.scripts = append(c.scripts, s)
}

// syntax is the finding of a file that does not compile.
func (s *script) syntax(err error) kemi.Finding {
	f := kemi.Finding{File: s.file, Message: err.Error(), Fatal: true}
	var wrong *Error
	if errors.As(err, &wrong) {
		f.Line, f.Column, f.Message, f.Text = wrong.Line, wrong.Column, wrong.Reason, s.line(wrong.Line)
	}
	return f
}

func (s *script) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// script checks one file.
func (c *checker) script(s *script) {
	walkLive(s.chunk, c.absent, func(e ast.Expr) bool {
		if call, ok := e.(*ast.FuncCallExpr); ok {
			c.call(s, call)
		}
		return true
	})
}

// absent tells whether a name below KSR is a table that is not there, or a function that is not.
func (c *checker) absent(name string) bool {
	table, function, isField := strings.Cut(name, ".")
	if !isField {
		return len(c.registry.Functions(table)) == 0 && c.registry.Function(coreTable, table) == nil
	}
	return c.registry.Function(table, function) == nil
}

func (c *checker) call(s *script, call *ast.FuncCallExpr) {
	name, ok := ksrName(call.Func)
	if !ok || name == "" {
		return
	}
	c.callback(s, name, call)
	table, function, isField := strings.Cut(name, ".")
	if !c.absent(name) || s.tested[name] || isField && s.tested[table] && c.absent(table) || strings.Contains(function, ".") {
		return
	}
	f := s.finding(call.Line(), "KSR."+name)
	f.Message, f.Hint = c.explain(table, function, isField)
	c.findings = append(c.findings, f)
}

// explain says what is wrong with a name and what may be meant.
func (c *checker) explain(table, function string, isField bool) (message, hint string) {
	if !isField {
		return "there is no function KSR." + table, meant("KSR.", nearest.Word(table, slices.Values(c.names(coreTable))))
	}
	if c.absent(table) {
		hint = meant("KSR.", nearest.Word(table, slices.Values(c.registry.Tables())))
		if hint == "" {
			hint = `is a loadmodule "` + table + `.so" missing?`
		}
		return "there is no table KSR." + table, hint
	}
	return "there is no function KSR." + table + "." + function, meant("KSR."+table+".", nearest.Word(function, slices.Values(c.names(table))))
}

func meant(prefix, name string) string {
	if name == "" {
		return ""
	}
	return "did you mean " + prefix + name + "?"
}

func (c *checker) names(table string) []string {
	var names []string
	for _, f := range c.registry.Functions(table) {
		names = append(names, f.Name)
	}
	return names
}

// callback warns of armed functions that no file defines.
func (c *checker) callback(s *script, name string, call *ast.FuncCallExpr) {
	if !strings.HasPrefix(name, "tm.t_on_") || len(call.Args) == 0 {
		return
	}
	target, ok := call.Args[0].(*ast.StringExpr)
	if !ok || target.Value == "" || target.Value == "0" || c.defined[target.Value] {
		return
	}
	f := s.finding(call.Line(), target.Value)
	f.Message, f.Warning = "no script defines the function "+target.Value, true
	f.Hint = meant("", nearest.Word(target.Value, slices.Values(keys(c.defined))))
	c.findings = append(c.findings, f)
}

// finding points at a text in or after a line; the tree knows no columns.
func (s *script) finding(line int, text string) kemi.Finding {
	for n := line; n < line+5; n++ {
		if i := strings.Index(s.line(n), text); i >= 0 {
			return kemi.Finding{File: s.file, Line: n, Column: i + 1, Text: s.line(n)}
		}
	}
	return kemi.Finding{File: s.file, Line: line, Column: 1, Text: s.line(line)}
}

func keys(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}
