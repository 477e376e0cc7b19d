package lua

import "github.com/yuin/gopher-lua/ast"

// globalUse is what a file does with globals.
type globalUse struct {
	writes  []globalWrite
	calls   []globalCall
	read    map[string]int // how often a global is read, calls included
	dynamic bool           // it reaches globals in ways that names do not show
}

// globalWrite is an assignment to a global, or the definition of a global function.
type globalWrite struct {
	name     string
	line     int
	inside   bool              // of a function, not at the top level
	function *ast.FunctionExpr // that is assigned; nil for another value
}

// globalCall is a call of a global function.
type globalCall struct {
	name string
	call *ast.FuncCallExpr
}

// scope follows which names are local at each place.
type scope struct {
	use    *globalUse
	locals []map[string]bool
	depth  int // of functions
}

func globalsOf(chunk []ast.Stmt) *globalUse {
	s := &scope{use: &globalUse{read: map[string]int{}}}
	s.block(chunk)
	return s.use
}

func (s *scope) block(stmts []ast.Stmt, names ...string) {
	s.locals = append(s.locals, map[string]bool{})
	s.declare(names...)
	for _, stmt := range stmts {
		s.statement(stmt)
	}
	s.locals = s.locals[:len(s.locals)-1]
}

func (s *scope) declare(names ...string) {
	for _, name := range names {
		s.locals[len(s.locals)-1][name] = true
	}
}

func (s *scope) isLocal(name string) bool {
	for _, block := range s.locals {
		if block[name] {
			return true
		}
	}
	return false
}

func (s *scope) statement(stmt ast.Stmt) {
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		s.expressions(stmt.Rhs)
		for i, lhs := range stmt.Lhs {
			s.assign(lhs, valueAt(stmt.Rhs, i))
		}
		return
	case *ast.LocalAssignStmt:
		if _, isFunction := valueAt(stmt.Exprs, 0).(*ast.FunctionExpr); isFunction {
			s.declare(stmt.Names...) // it may call itself
		}
		s.expressions(stmt.Exprs)
		s.declare(stmt.Names...)
		return
	case *ast.FuncDefStmt:
		s.definition(stmt)
		return
	case *ast.NumberForStmt:
		walkOwn(stmt, s.expression)
		s.block(stmt.Stmts, stmt.Name)
		return
	case *ast.GenericForStmt:
		walkOwn(stmt, s.expression)
		s.block(stmt.Stmts, stmt.Names...)
		return
	case *ast.RepeatStmt:
		s.block(append(stmt.Stmts[:len(stmt.Stmts):len(stmt.Stmts)], &ast.ReturnStmt{Exprs: []ast.Expr{stmt.Condition}})) // which sees the block's locals
		return
	}
	walkOwn(stmt, s.expression)
	for _, body := range bodies(stmt) {
		s.block(body)
	}
}

// valueAt is the expression for the i-th name of an assignment, or nil.
func valueAt(list []ast.Expr, i int) ast.Expr {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func (s *scope) expressions(list []ast.Expr) { walkExprs(list, s.expression) }

// assign notes what an assignment goes to.
func (s *scope) assign(lhs, value ast.Expr) {
	name, ok := lhs.(*ast.IdentExpr)
	if !ok {
		walkExpr(lhs, s.expression)
		return
	}
	if !s.isLocal(name.Value) {
		f, _ := value.(*ast.FunctionExpr)
		s.use.writes = append(s.use.writes, globalWrite{name.Value, lhs.Line(), s.depth > 0, f})
	}
}

// definition is "function name() … end" in its forms.
func (s *scope) definition(stmt *ast.FuncDefStmt) {
	if stmt.Name.Func == nil {
		walkExpr(stmt.Name.Receiver, s.expression)
		s.function(stmt.Func, "self")
		return
	}
	if name, ok := stmt.Name.Func.(*ast.IdentExpr); ok {
		if !s.isLocal(name.Value) {
			s.use.writes = append(s.use.writes, globalWrite{name.Value, stmt.Line(), s.depth > 0, stmt.Func})
		}
	} else {
		walkExpr(stmt.Name.Func, s.expression)
	}
	s.function(stmt.Func)
}

func (s *scope) function(f *ast.FunctionExpr, more ...string) {
	s.depth++
	names := append(more, f.ParList.Names...)
	if f.ParList.HasVargs {
		names = append(names, "arg")
	}
	s.block(f.Stmts, names...)
	s.depth--
}

// expression notes the globals that an expression reads; it gives whether to look below it.
func (s *scope) expression(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if !s.isLocal(e.Value) {
			s.use.read[e.Value]++
			s.use.dynamic = s.use.dynamic || waysAround[e.Value]
		}
	case *ast.FuncCallExpr:
		if name, ok := e.Func.(*ast.IdentExpr); ok && !s.isLocal(name.Value) {
			s.use.calls = append(s.use.calls, globalCall{name.Value, e})
		}
	case *ast.FunctionExpr:
		s.function(e)
		return false
	}
	return true
}
