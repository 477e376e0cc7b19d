package lua

import (
	"slices"
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// assignment rewrites an assignment. It also keeps clear of a defect of gopher-lua's
// compiler: in "p = (f(p))" and in "p, q = f(p), 1", where p is the function's last parameter, the
// call is built over p before p is read; in "p, q = nil, p" p is overwritten before.
func (r *rewriter) assignment(s *ast.AssignStmt) ast.Stmt {
	r.expressions(s.Lhs)
	if f, ok := singleFunction(s); ok {
		r.function(f, isHiddenName(s.Lhs[0]))
		return s
	}
	r.expressions(s.Rhs)
	if len(s.Lhs) == 1 && len(s.Rhs) == 1 && isComputedPlace(s.Lhs[0]) {
		return r.setCall(s.Lhs[0].(*ast.AttrGetExpr), s.Rhs[0], s)
	}
	if anyComputedPlace(s.Lhs) || len(s.Lhs) > 1 && overwritesName(s) {
		return r.throughLocals(s)
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

// overwritesName tells whether an assignment may write a name, which may be a local variable or a parameter, before all values are read.
func overwritesName(s *ast.AssignStmt) bool {
	return slices.ContainsFunc(s.Lhs, isName) && slices.ContainsFunc(s.Rhs, isRead)
}

func isName(e ast.Expr) bool {
	_, ok := e.(*ast.IdentExpr)
	return ok
}

// isRead tells whether a value is more than a constant.
func isRead(e ast.Expr) bool {
	switch e.(type) {
	case *ast.StringExpr, *ast.NumberExpr, *ast.NilExpr, *ast.TrueExpr, *ast.FalseExpr:
		return false
	}
	return true
}

// isComputedPlace tells whether an assignment goes to t[k] where k may be a large number.
func isComputedPlace(e ast.Expr) bool {
	attr, ok := e.(*ast.AttrGetExpr)
	return ok && !isSmallKey(attr.Key)
}

func anyComputedPlace(list []ast.Expr) bool { return slices.ContainsFunc(list, isComputedPlace) }

// isSmallKey tells whether a key is written out, and no large number.
func isSmallKey(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StringExpr, *ast.TrueExpr, *ast.FalseExpr:
		return true
	case *ast.NumberExpr:
		n, ok := parseNumber(e.Value)
		return ok && n <= freeGap
	}
	return false
}

// setCall is the call that stands in place of "t[k] = v".
func (r *rewriter) setCall(place *ast.AttrGetExpr, value ast.Expr, at ast.PositionHolder) ast.Stmt {
	call := hiddenCall(setMark, at)
	call.Args = []ast.Expr{place.Object, place.Key, value}
	oneValueEach(call.Args)
	stmt := &ast.FuncCallStmt{Expr: call}
	setLine(stmt, at)
	return stmt
}

// keyCall is the call that stands in place of k in "{[k] = v}".
func (r *rewriter) keyCall(key ast.Expr) ast.Expr {
	call := hiddenCall(keyMark, key)
	call.Args, call.AdjustRet = []ast.Expr{key}, true
	oneValueEach(call.Args)
	return call
}

// throughLocals turns "a, t[k] = x, y" into "do local t1, k1 = t, k; local v1, v2 = x, y; a = v1; t1[k1] = v2 end".
func (r *rewriter) throughLocals(s *ast.AssignStmt) ast.Stmt {
	places, values := new(ast.LocalAssignStmt), &ast.LocalAssignStmt{Exprs: s.Rhs}
	temporary := func(kind string, i int, in *ast.LocalAssignStmt) ast.Expr {
		name := &ast.IdentExpr{Value: "\x00" + kind + strconv.Itoa(i)}
		setLine(name, s)
		in.Names = append(in.Names, name.Value)
		return name
	}
	var last []ast.Stmt
	for i, lhs := range s.Lhs {
		if attr, ok := lhs.(*ast.AttrGetExpr); ok {
			places.Exprs = append(places.Exprs, attr.Object, attr.Key)
			place := &ast.AttrGetExpr{Object: temporary("t", i, places), Key: temporary("k", i, places)}
			setLine(place, s)
			last = append(last, r.setCall(place, temporary("v", i, values), s))
			continue
		}
		last = append(last, &ast.AssignStmt{Lhs: []ast.Expr{lhs}, Rhs: []ast.Expr{temporary("v", i, values)}})
	}
	stmts := []ast.Stmt{values}
	if len(places.Names) > 0 {
		oneValueEach(places.Exprs)
		stmts = []ast.Stmt{places, values}
	}
	block := &ast.DoBlockStmt{Stmts: append(stmts, last...)}
	setLine(block, s)
	for _, stmt := range block.Stmts {
		setLine(stmt, s)
	}
	return block
}
