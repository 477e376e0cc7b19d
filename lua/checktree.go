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

// definitions collects the global functions that a chunk defines, at any depth.
func definitions(stmts []ast.Stmt, into map[string]bool) {
	visitStmts(stmts, func(s ast.Stmt) {
		switch s := s.(type) {
		case *ast.FuncDefStmt:
			if name, ok := s.Name.Func.(*ast.IdentExpr); ok {
				into[name.Value] = true
			}
		case *ast.AssignStmt:
			for _, lhs := range s.Lhs {
				if name, ok := lhs.(*ast.IdentExpr); ok {
					into[name.Value] = true
				}
			}
		}
	})
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

// walkLive visits the expressions that can be reached where some names below KSR are absent:
// not the body of "if KSR.auth", nor what follows "if not KSR.auth then return end".
func walkLive(stmts []ast.Stmt, absent func(string) bool, visit func(ast.Expr) bool) {
	var live func(ast.Expr) bool
	live = func(e ast.Expr) bool {
		if !visit(e) {
			return false
		}
		switch e := e.(type) {
		case *ast.FunctionExpr:
			walkLive(e.Stmts, absent, visit)
			return false
		case *ast.LogicalOpExpr:
			if e.Operator == "and" && value(e.Lhs, absent) == no || e.Operator == "or" && value(e.Lhs, absent) == yes {
				walkExpr(e.Lhs, live)
				return false
			}
		}
		return true
	}
	for _, s := range stmts {
		walkOwn(s, live)
		branch, isIf := s.(*ast.IfStmt)
		if !isIf {
			for _, body := range bodies(s) {
				walkLive(body, absent, visit)
			}
			continue
		}
		known := value(branch.Condition, absent)
		if known != no {
			walkLive(branch.Then, absent, visit)
		}
		if known != yes {
			walkLive(branch.Else, absent, visit)
		}
		if known == yes && leaves(branch.Then) {
			return
		}
	}
}

// walkOwn visits a statement's own expressions, not those of the blocks inside it.
func walkOwn(s ast.Stmt, visit func(ast.Expr) bool) {
	switch s := s.(type) {
	case *ast.WhileStmt:
		walkExpr(s.Condition, visit)
	case *ast.RepeatStmt:
		walkExpr(s.Condition, visit)
	case *ast.IfStmt:
		walkExpr(s.Condition, visit)
	case *ast.NumberForStmt:
		walkExprs([]ast.Expr{s.Init, s.Limit, s.Step}, visit)
	case *ast.GenericForStmt:
		walkExprs(s.Exprs, visit)
	case *ast.DoBlockStmt:
	default:
		walkStmt(s, visit)
	}
}

// truth is what is known of a condition before the script runs.
type truth int

const (
	unknown truth = iota
	yes
	no
)

// value is what a condition gives when absent names are nil.
func value(e ast.Expr, absent func(string) bool) truth {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		if name, ok := ksrName(e); ok && absent(name) {
			return no
		}
	case *ast.UnaryNotOpExpr:
		switch value(e.Expr, absent) {
		case yes:
			return no
		case no:
			return yes
		}
	case *ast.RelationalOpExpr:
		return compared(e, absent)
	case *ast.LogicalOpExpr:
		return combined(e.Operator, value(e.Lhs, absent), value(e.Rhs, absent))
	}
	return unknown
}

// compared knows "KSR.x == nil" and "KSR.x ~= nil".
func compared(e *ast.RelationalOpExpr, absent func(string) bool) truth {
	if _, isNil := e.Rhs.(*ast.NilExpr); !isNil || value(e.Lhs, absent) != no {
		return unknown
	}
	switch e.Operator {
	case "==":
		return yes
	case "~=":
		return no
	}
	return unknown
}

func combined(operator string, a, b truth) truth {
	decides, other := no, yes // of "and"
	if operator == "or" {
		decides, other = yes, no
	}
	switch {
	case a == decides || b == decides:
		return decides
	case a == other && b == other:
		return other
	}
	return unknown
}

// leaves tells whether a block ends by leaving the function.
func leaves(stmts []ast.Stmt) bool {
	if len(stmts) == 0 {
		return false
	}
	switch last := stmts[len(stmts)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.FuncCallStmt:
		call, ok := last.Expr.(*ast.FuncCallExpr)
		if !ok {
			return false
		}
		name, ok := ksrName(call.Func)
		return ok && (name == "x.exit" || name == "x.drop")
	}
	return false
}
