package lua

import "github.com/yuin/gopher-lua/ast"

// ksrName gives the name below KSR of an expression such as KSR.pv.get: "pv.get". For KSR
// itself it is empty.
func ksrName(e ast.Expr) (name string, ok bool) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return "", e.Value == "KSR"
	case *ast.AttrGetExpr:
		key, isText := e.Key.(*ast.StringExpr)
		if !isText {
			return "", false
		}
		outer, ok := ksrName(e.Object)
		if outer == "" {
			return key.Value, ok
		}
		return outer + "." + key.Value, ok
	}
	return "", false
}

// tests collects the names below KSR that a chunk asks for: as a condition, beside and, or
// and not, or compared with something.
func tests(stmts []ast.Stmt, into map[string]bool) {
	note := func(e ast.Expr) {
		if name, ok := ksrName(e); ok && name != "" {
			into[name] = true
		}
	}
	visitStmts(stmts, func(s ast.Stmt) {
		switch s := s.(type) {
		case *ast.IfStmt:
			note(s.Condition)
		case *ast.WhileStmt:
			note(s.Condition)
		}
	})
	walkStmts(stmts, func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.UnaryNotOpExpr:
			note(e.Expr)
		case *ast.LogicalOpExpr:
			note(e.Lhs)
			note(e.Rhs)
		case *ast.RelationalOpExpr:
			note(e.Lhs)
			note(e.Rhs)
		}
		return true
	})
}

// visitStmts visits all statements, also those inside functions.
func visitStmts(stmts []ast.Stmt, visit func(ast.Stmt)) {
	for _, s := range stmts {
		visit(s)
		for _, inner := range bodies(s) {
			visitStmts(inner, visit)
		}
		walkOwn(s, func(e ast.Expr) bool {
			f, ok := e.(*ast.FunctionExpr)
			if ok {
				visitStmts(f.Stmts, visit)
			}
			return !ok
		})
	}
}

// bodies are the blocks inside a statement.
func bodies(s ast.Stmt) [][]ast.Stmt {
	switch s := s.(type) {
	case *ast.DoBlockStmt:
		return [][]ast.Stmt{s.Stmts}
	case *ast.WhileStmt:
		return [][]ast.Stmt{s.Stmts}
	case *ast.RepeatStmt:
		return [][]ast.Stmt{s.Stmts}
	case *ast.IfStmt:
		return [][]ast.Stmt{s.Then, s.Else}
	case *ast.NumberForStmt:
		return [][]ast.Stmt{s.Stmts}
	case *ast.GenericForStmt:
		return [][]ast.Stmt{s.Stmts}
	}
	return nil
}
