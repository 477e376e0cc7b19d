package lua

import (
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// assignment rewrites an assignment. It also keeps clear of a defect of gopher-lua's
// compiler: in "p = (f(p))" and in "p, q = f(p), 1", where p is the function's last parameter, the
// call is built over p before p is read.
func (r *rewriter) assignment(s *ast.AssignStmt) ast.Stmt {
	r.expressions(s.Lhs)
	if f, ok := singleFunction(s); ok {
		r.function(f, isMetaName(s.Lhs[0]))
		return s
	}
	r.expressions(s.Rhs)
	if len(s.Lhs) > 1 && callsIntoName(s) {
		return throughLocals(s)
	}
	if len(s.Lhs) == 1 && len(s.Rhs) == 1 {
		if call, ok := s.Rhs[0].(*ast.FuncCallExpr); ok {
			call.AdjustRet = false // one value is taken anyway
		}
	}
	return s
}

// singleFunction is the function of "x = function … end".
func singleFunction(s *ast.AssignStmt) (*ast.FunctionExpr, bool) {
	if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return nil, false
	}
	f, ok := s.Rhs[0].(*ast.FunctionExpr)
	return f, ok
}

// callsIntoName tells whether a call's value goes to a name, which may be a parameter.
func callsIntoName(s *ast.AssignStmt) bool {
	for i := range min(len(s.Lhs), len(s.Rhs)) {
		_, isName := s.Lhs[i].(*ast.IdentExpr)
		_, isCall := s.Rhs[i].(*ast.FuncCallExpr)
		if isName && isCall {
			return true
		}
	}
	return false
}

// throughLocals turns "a, b = x, y" into "do local t1, t2 = x, y; a, b = t1, t2 end".
func throughLocals(s *ast.AssignStmt) ast.Stmt {
	first := &ast.LocalAssignStmt{Exprs: s.Rhs}
	second := &ast.AssignStmt{Lhs: s.Lhs}
	for i := range s.Lhs {
		name := "\x00" + strconv.Itoa(i)
		value := &ast.IdentExpr{Value: name}
		setLine(value, s)
		first.Names = append(first.Names, name)
		second.Rhs = append(second.Rhs, value)
	}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{first, second}}
	for _, stmt := range []ast.Stmt{first, second, block} {
		setLine(stmt, s)
	}
	return block
}
