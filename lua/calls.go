package lua

import "github.com/yuin/gopher-lua/ast"

// libraries are the tables whose functions end by themselves: those of KSR count as a tick,
// the others are bounded by their arguments.
var libraries = map[string]bool{"KSR": true, "string": true, "math": true, "os": true, "io": true}

// isLibraryCall tells whether a call surely goes to a Go function: KSR.a.b(…), string.find(…).
func isLibraryCall(call *ast.FuncCallExpr) bool { return isLibraryName(call.Func) }

func isLibraryName(e ast.Expr) bool {
	attr, ok := e.(*ast.AttrGetExpr)
	for ok {
		if root, isName := attr.Object.(*ast.IdentExpr); isName {
			return libraries[root.Value]
		}
		attr, ok = attr.Object.(*ast.AttrGetExpr)
	}
	return false
}

// isHiddenName tells whether calls of the function that gets this name are not seen as such: a
// metamethod's, "mt.__index", or one that a script puts among a library's, "string.split".
func isHiddenName(e ast.Expr) bool {
	attr, ok := e.(*ast.AttrGetExpr)
	return ok && (isMetaKey(attr.Key) || isLibraryName(e))
}

func isMetaKey(e ast.Expr) bool {
	key, ok := e.(*ast.StringExpr)
	return ok && len(key.Value) > 2 && key.Value[:2] == "__"
}

// startsWithKSR tells whether the first thing that a block does is to call a KSR function.
func (r *rewriter) startsWithKSR(stmts []ast.Stmt) bool {
	if len(stmts) == 0 {
		return false
	}
	switch s := stmts[0].(type) {
	case *ast.FuncCallStmt:
		return r.callsKSR(s.Expr)
	case *ast.LocalAssignStmt:
		return len(s.Exprs) > 0 && r.callsKSR(s.Exprs[0])
	case *ast.IfStmt:
		return r.callsKSR(s.Condition)
	}
	return false
}

// callsKSR tells whether an expression always calls a KSR function.
func (r *rewriter) callsKSR(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return r.ksrFunction(e) != nil
	case *ast.UnaryNotOpExpr:
		return r.callsKSR(e.Expr)
	case *ast.RelationalOpExpr:
		return r.callsKSR(e.Lhs) || r.callsKSR(e.Rhs)
	case *ast.LogicalOpExpr:
		return r.callsKSR(e.Lhs)
	}
	return false
}

// countCalls counts the calls of a function body that may go to a Lua function. The bodies of
// inner functions are not part of it.
func countCalls(stmts []ast.Stmt) int {
	n := 0
	walkStmts(stmts, func(e ast.Expr) bool {
		if call, ok := e.(*ast.FuncCallExpr); ok && !isLibraryCall(call) {
			n++
		}
		_, inner := e.(*ast.FunctionExpr)
		return !inner
	})
	return n
}

// walkStmts visits all expressions below stmts, outer ones first; visit tells whether to go deeper.
func walkStmts(stmts []ast.Stmt, visit func(ast.Expr) bool) {
	for _, s := range stmts {
		walkStmt(s, visit)
	}
}

func walkStmt(s ast.Stmt, visit func(ast.Expr) bool) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		walkExprs(s.Lhs, visit)
		walkExprs(s.Rhs, visit)
	case *ast.LocalAssignStmt:
		walkExprs(s.Exprs, visit)
	case *ast.FuncCallStmt:
		walkExpr(s.Expr, visit)
	case *ast.DoBlockStmt:
		walkStmts(s.Stmts, visit)
	case *ast.WhileStmt:
		walkExpr(s.Condition, visit)
		walkStmts(s.Stmts, visit)
	case *ast.RepeatStmt:
		walkStmts(s.Stmts, visit)
		walkExpr(s.Condition, visit)
	case *ast.IfStmt:
		walkExpr(s.Condition, visit)
		walkStmts(s.Then, visit)
		walkStmts(s.Else, visit)
	case *ast.NumberForStmt:
		walkExprs([]ast.Expr{s.Init, s.Limit, s.Step}, visit)
		walkStmts(s.Stmts, visit)
	case *ast.GenericForStmt:
		walkExprs(s.Exprs, visit)
		walkStmts(s.Stmts, visit)
	case *ast.FuncDefStmt:
		walkExpr(s.Func, visit)
	case *ast.ReturnStmt:
		walkExprs(s.Exprs, visit)
	}
}

func walkExprs(list []ast.Expr, visit func(ast.Expr) bool) {
	for _, e := range list {
		walkExpr(e, visit)
	}
}

func walkExpr(e ast.Expr, visit func(ast.Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		walkExpr(e.Object, visit)
		walkExpr(e.Key, visit)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			walkExpr(f.Key, visit)
			walkExpr(f.Value, visit)
		}
	case *ast.FuncCallExpr:
		walkExpr(e.Func, visit)
		walkExpr(e.Receiver, visit)
		walkExprs(e.Args, visit)
	case *ast.LogicalOpExpr:
		walkExprs([]ast.Expr{e.Lhs, e.Rhs}, visit)
	case *ast.RelationalOpExpr:
		walkExprs([]ast.Expr{e.Lhs, e.Rhs}, visit)
	case *ast.StringConcatOpExpr:
		walkExprs([]ast.Expr{e.Lhs, e.Rhs}, visit)
	case *ast.ArithmeticOpExpr:
		walkExprs([]ast.Expr{e.Lhs, e.Rhs}, visit)
	case *ast.UnaryMinusOpExpr:
		walkExpr(e.Expr, visit)
	case *ast.UnaryNotOpExpr:
		walkExpr(e.Expr, visit)
	case *ast.UnaryLenOpExpr:
		walkExpr(e.Expr, visit)
	case *ast.FunctionExpr:
		walkStmts(e.Stmts, visit)
	}
}
