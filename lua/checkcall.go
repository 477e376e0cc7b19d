package lua

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/nearest"
	"github.com/moonroute/moonroute/kemi"
)

// script checks the calls of one file.
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
	table, _, isField := strings.Cut(name, ".")
	if !isField {
		return len(c.registry.Functions(table)) == 0 && c.registry.Function(coreTable, table) == nil
	}
	return c.function(name) == nil
}

// function finds a function by its name below KSR; nil if there is none.
func (c *checker) function(name string) *kemi.BoundFunc {
	table, function, isField := strings.Cut(name, ".")
	if !isField {
		return c.registry.Function(coreTable, table)
	}
	return c.registry.Function(table, function)
}

func (c *checker) call(s *script, call *ast.FuncCallExpr) {
	name, ok := ksrName(call.Func)
	if !ok || name == "" {
		return
	}
	if f := c.function(name); f != nil {
		c.arguments(s, name, f, call)
		c.armed(s, f, call)
		return
	}
	table, function, isField := strings.Cut(name, ".")
	if !c.absent(name) || s.tested[name] || isField && s.tested[table] && c.absent(table) || strings.Contains(function, ".") {
		return
	}
	check := "name"
	if isField && c.absent(table) {
		check = "module"
	}
	f := s.finding(check, call.Line(), "KSR."+name)
	f.Message, f.Hint = c.unknown(table, function, isField)
	c.add(f)
}

// unknown says what is wrong with a name and what may be meant.
func (c *checker) unknown(table, function string, isField bool) (message, hint string) {
	if !isField {
		return "there is no function KSR." + table, meant("KSR.", nearest.Word(table, slices.Values(c.functions(coreTable))))
	}
	if c.absent(table) {
		return "there is no table KSR." + table, c.missing(table)
	}
	return "there is no function KSR." + table + "." + function, meant("KSR."+table+".", nearest.Word(function, slices.Values(c.functions(table))))
}

// missing says which module brings a table.
func (c *checker) missing(table string) string {
	if s := c.engine.host.Server; s != nil {
		if module := s.Offers(table); module != "" {
			return `it comes with loadmodule "` + module + `.so"`
		}
	}
	if hint := meant("KSR.", nearest.Word(table, slices.Values(c.registry.Tables()))); hint != "" {
		return hint
	}
	return `is a loadmodule "` + table + `.so" missing?`
}

func meant(prefix, name string) string {
	if name == "" {
		return ""
	}
	return "did you mean " + prefix + name + "?"
}

func (c *checker) functions(table string) []string {
	var names []string
	for _, f := range c.registry.Functions(table) {
		names = append(names, f.Name)
	}
	return names
}

// arguments compares what a call gives with what the function takes.
func (c *checker) arguments(s *script, name string, f *kemi.BoundFunc, call *ast.FuncCallExpr) {
	if f.Table == exitTable {
		return // they take anything
	}
	given, want := len(call.Args), len(f.Args)
	open := given > 0 && manyValues(call.Args[given-1])
	if open {
		given--
	}
	if given < want && !open || given > want {
		found := s.finding("arguments", call.Line(), "KSR."+name)
		found.Message = "KSR." + name + " takes " + plural(want) + " and is given " + strconv.Itoa(given)
		found.Hint = usage(name, f)
		found.Warning = given > want && want > 0 && given <= kemi.MaxArgs // what is too much is ignored
		c.add(found)
		return
	}
	for i := range min(given, want) {
		c.kind(s, name, f, i, call)
	}
}

// usage is how a function is called: "KSR.sl.send_reply(code int, reason str)".
func usage(name string, f *kemi.BoundFunc) string {
	parts := make([]string, len(f.Args))
	for i, a := range f.Args {
		parts[i] = a.Name + " " + kindName(a.Kind)
	}
	return "KSR." + name + "(" + strings.Join(parts, ", ") + ")"
}

func kindName(k kemi.ValueKind) string {
	if k == kemi.KindInt {
		return "int"
	}
	return "str"
}

// manyValues tells whether an expression in the last place may give any number of values.
func manyValues(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Comma3Expr:
		return !e.AdjustRet
	case *ast.FuncCallExpr:
		if name, ok := ksrName(e.Func); ok && name != "" {
			return false // a KSR function gives one value
		}
		return !e.AdjustRet
	}
	return false
}

// kind compares one argument with what is declared, where its kind is certain.
func (c *checker) kind(s *script, name string, f *kemi.BoundFunc, i int, call *ast.FuncCallExpr) {
	arg, want := call.Args[i], f.Args[i]
	is, value := c.kindOf(arg)
	if is == "" || is == "number" || is == "text" && want.Kind == kemi.KindStr {
		c.variable(s, f, i, call)
		return
	}
	if is == "text" {
		if _, isNumber := parseNumber(value); isNumber {
			return
		}
		is = "the text " + strconv.Quote(value)
	}
	found := s.finding("arguments", call.Line(), "KSR."+name)
	wanted := "a text"
	if want.Kind == kemi.KindInt {
		wanted = "a number"
	}
	found.Message = "argument " + strconv.Itoa(i+1) + " (" + want.Name + ") of KSR." + name + " is " + is + " where " + wanted + " is expected"
	found.Hint = usage(name, f)
	c.add(found)
}

// kindOf names what an expression gives, if that is certain, with the value of a literal text.
func (c *checker) kindOf(e ast.Expr) (kind, value string) {
	switch e := e.(type) {
	case *ast.StringExpr:
		return "text", e.Value
	case *ast.NumberExpr, *ast.UnaryLenOpExpr:
		return "number", ""
	case *ast.NilExpr:
		return "nil", ""
	case *ast.TrueExpr, *ast.FalseExpr, *ast.UnaryNotOpExpr, *ast.RelationalOpExpr:
		return "a boolean", ""
	case *ast.TableExpr:
		return "a table", ""
	case *ast.FunctionExpr:
		return "a function", ""
	case *ast.FuncCallExpr:
		if name, ok := ksrName(e.Func); ok && name != "" {
			if f := c.function(name); f != nil && f.Returns == kemi.Truth {
				return "a boolean", ""
			}
		}
	}
	return "", ""
}

// variable reads a pseudo-variable that a call names.
func (c *checker) variable(s *script, f *kemi.BoundFunc, i int, call *ast.FuncCallExpr) {
	text, ok := call.Args[i].(*ast.StringExpr)
	if !ok || f.Table != "pv" || i != 0 || !strings.HasPrefix(text.Value, "$") {
		return
	}
	if _, err := c.registry.Var(text.Value); err != nil {
		found := s.finding("variable", call.Line(), text.Value)
		found.Message = strings.TrimPrefix(err.Error(), "kemi: ")
		found.Hint = "the module that brings a variable has to be loaded; moonroute api lists them all"
		c.add(found)
	}
}

func keys(m map[string]bool) []string { return slices.Collect(maps.Keys(m)) }
