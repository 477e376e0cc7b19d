package lua

import "github.com/yuin/gopher-lua/ast"

// walkLive visits the expressions that can be reached where some names below KSR are absent:
// not the body of "if KSR.auth", nor what follows "if not KSR.auth then return end".
func walkLive(stmts []ast.Stmt, absent func(string) bool, visit func(ast.Expr) bool) {
	w := &liveWalk{absent, visit}
	w.block(stmts)
}

type liveWalk struct {
	absent func(string) bool
	visit  func(ast.Expr) bool
}

func (w *liveWalk) block(stmts []ast.Stmt) {
	for _, s := range stmts {
		walkOwn(s, w.expression)
		if branch, ok := s.(*ast.IfStmt); ok {
			if w.branch(branch) {
				return
			}
			continue
		}
		for _, body := range bodies(s) {
			w.block(body)
		}
	}
}

// branch visits what is live of an if; it tells whether nothing after it can be reached.
func (w *liveWalk) branch(s *ast.IfStmt) (ends bool) {
	known := value(s.Condition, w.absent)
	if known != no {
		w.block(s.Then)
	}
	if known != yes {
		w.block(s.Else)
	}
	return known == yes && leaves(s.Then)
}

func (w *liveWalk) expression(e ast.Expr) bool {
	if !w.visit(e) {
		return false
	}
	switch e := e.(type) {
	case *ast.FunctionExpr:
		w.block(e.Stmts)
		return false
	case *ast.LogicalOpExpr:
		left := value(e.Lhs, w.absent)
		if e.Operator == "and" && left == no || e.Operator == "or" && left == yes {
			walkExpr(e.Lhs, w.expression)
			return false
		}
	}
	return true
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
