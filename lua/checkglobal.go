package lua

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/nearest"
)

// standardGlobals are the names that every script finds.
var standardGlobals = strings.Fields(`KSR _G _VERSION assert collectgarbage coroutine debug dofile error getfenv getmetatable io ipairs
	load loadfile loadstring math module newproxy next os package pairs pcall print rawequal rawget rawset require select
	setfenv setmetatable string table tonumber tostring type unpack xpcall`)

// globals looks for globals that are written by accident, and for calls of functions that nobody defines.
func (c *checker) globals(s *script) {
	known := c.topLevel()
	for _, w := range s.uses.writes {
		if !w.inside || w.function != nil || known[w.name] {
			continue
		}
		known[w.name] = true // once for each name
		f := s.finding("global", w.line, w.name)
		f.Message, f.Warning = "the global "+w.name+" is made here, inside a function: every later call finds it", true
		f.Hint = "write local " + w.name + ", or give it a value at the top level of the script"
		c.add(f)
	}
	if c.whole {
		c.undefinedCalls(s)
	}
}

// topLevel are the globals that some file gives a value at its top level.
func (c *checker) topLevel() map[string]bool {
	known := map[string]bool{}
	for _, s := range c.scripts {
		for _, w := range s.uses.writes {
			if !w.inside {
				known[w.name] = true
			}
		}
	}
	return known
}

func (c *checker) undefinedCalls(s *script) {
	asked := askedFor(s.chunk)
	for _, call := range s.uses.calls {
		if c.defined[call.name] || slices.Contains(standardGlobals, call.name) || asked[call.name] {
			continue
		}
		f := s.finding("name", call.call.Line(), call.name)
		f.Message = "no script defines the function " + call.name
		f.Hint = meant("", nearest.Word(call.name, slices.Values(append(keys(c.defined), standardGlobals...))))
		c.add(f)
	}
}

// askedFor are the globals that a file compares or tests before it uses them.
func askedFor(chunk []ast.Stmt) map[string]bool {
	asked := map[string]bool{}
	note := func(list ...ast.Expr) {
		for _, e := range list {
			if name, ok := e.(*ast.IdentExpr); ok {
				asked[name.Value] = true
			}
		}
	}
	visitStmts(chunk, func(s ast.Stmt) {
		switch s := s.(type) {
		case *ast.IfStmt:
			note(s.Condition)
		case *ast.WhileStmt:
			note(s.Condition)
		}
	})
	walkStmts(chunk, func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.UnaryNotOpExpr:
			note(e.Expr)
		case *ast.LogicalOpExpr:
			note(e.Lhs, e.Rhs)
		case *ast.RelationalOpExpr:
			note(e.Lhs, e.Rhs)
		}
		return true
	})
	return asked
}
