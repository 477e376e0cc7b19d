package lua

import (
	"slices"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// The guards are calls of functions that stand in the compiled code as constants: no name in
// a script reaches them, and no environment hides them. In the tree a marker text holds
// their place.
const (
	tickMark   = "\x00moonroute:tick"
	concatMark = "\x00moonroute:concat"
	setMark    = "\x00moonroute:set"
	keyMark    = "\x00moonroute:key"
	directMark = "\x00moonroute:KSR:"
)

// rewriter adds the guards to a tree.
type rewriter struct {
	direct *directCalls
	ownKSR bool              // KSR may be a local variable
	marked []*glua.LFunction // the KSR functions that are called without looking them up, by the number in their mark
}

// instrument puts a tick wherever a script can run long: at the start of each loop's body,
// before each goto and each tail call, and at the start of functions that can fan out.
// Joining texts, and writing to a computed place of a table, go through functions that bound the result. Line numbers stay.
func (r *rewriter) instrument(chunk []ast.Stmt) []ast.Stmt { return r.block(chunk) }

func (r *rewriter) block(stmts []ast.Stmt) []ast.Stmt {
	out := make([]ast.Stmt, 0, len(stmts))
	for _, s := range stmts {
		if needsTick(s) {
			out = append(out, tickAt(s))
		}
		out = append(out, r.statement(s))
	}
	return out
}

// loopBody is a block that starts with a tick.
func (r *rewriter) loopBody(at ast.PositionHolder, stmts []ast.Stmt) []ast.Stmt {
	return append([]ast.Stmt{tickAt(at)}, r.block(stmts)...)
}

// needsTick tells whether control can go round through this statement without a loop.
func needsTick(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.GotoStmt:
		return true
	case *ast.ReturnStmt:
		if len(s.Exprs) != 1 {
			return false
		}
		call, ok := s.Exprs[0].(*ast.FuncCallExpr)
		return ok && !call.AdjustRet && !isLibraryCall(call)
	}
	return false
}

// statement rewrites what is below s and gives what stands in its place.
func (r *rewriter) statement(s ast.Stmt) ast.Stmt {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return r.assignment(s)
	case *ast.LocalAssignStmt:
		r.expressions(s.Exprs)
	case *ast.FuncCallStmt:
		s.Expr = r.expression(s.Expr)
	case *ast.DoBlockStmt:
		s.Stmts = r.block(s.Stmts)
	case *ast.WhileStmt:
		s.Condition = r.expression(s.Condition)
		s.Stmts = r.loopBody(s, s.Stmts)
	case *ast.RepeatStmt:
		s.Condition = r.expression(s.Condition)
		s.Stmts = r.loopBody(s, s.Stmts)
	case *ast.IfStmt:
		s.Condition = r.expression(s.Condition)
		s.Then, s.Else = r.block(s.Then), r.block(s.Else)
	case *ast.NumberForStmt:
		s.Init, s.Limit = r.expression(s.Init), r.expression(s.Limit)
		if s.Step != nil {
			s.Step = r.expression(s.Step)
		}
		s.Stmts = r.loopBody(s, s.Stmts)
	case *ast.GenericForStmt:
		r.expressions(s.Exprs)
		s.Stmts = r.loopBody(s, s.Stmts)
	case *ast.FuncDefStmt:
		r.function(s.Func, s.Name.Func != nil && isHiddenName(s.Name.Func))
	case *ast.ReturnStmt:
		r.expressions(s.Exprs)
	}
	return s
}

func (r *rewriter) expressions(list []ast.Expr) {
	for i := range list {
		list[i] = r.expression(list[i])
	}
}

// expression rewrites what is below e and gives what stands in its place.
func (r *rewriter) expression(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		e.Object, e.Key = r.expression(e.Object), r.expression(e.Key)
	case *ast.TableExpr:
		for _, field := range e.Fields {
			r.tableField(field)
		}
	case *ast.FuncCallExpr:
		r.callExpression(e)
	case *ast.LogicalOpExpr:
		e.Lhs, e.Rhs = r.expression(e.Lhs), r.expression(e.Rhs)
	case *ast.RelationalOpExpr:
		e.Lhs, e.Rhs = r.expression(e.Lhs), r.expression(e.Rhs)
	case *ast.ArithmeticOpExpr:
		e.Lhs, e.Rhs = r.expression(e.Lhs), r.expression(e.Rhs)
	case *ast.UnaryMinusOpExpr:
		e.Expr = r.expression(e.Expr)
	case *ast.UnaryNotOpExpr:
		e.Expr = r.expression(e.Expr)
	case *ast.UnaryLenOpExpr:
		e.Expr = r.expression(e.Expr)
	case *ast.FunctionExpr:
		r.function(e, false)
	case *ast.StringConcatOpExpr:
		return r.concatCall(e)
	}
	return e
}

func (r *rewriter) callExpression(e *ast.FuncCallExpr) {
	switch {
	case r.directCall(e):
	case e.Func != nil:
		e.Func = r.expression(e.Func)
	default:
		e.Receiver = r.expression(e.Receiver)
	}
	r.expressions(e.Args)
}

func (r *rewriter) tableField(field *ast.Field) {
	if field.Key != nil {
		field.Key = r.expression(field.Key)
		if !isSmallKey(field.Key) {
			field.Key = r.keyCall(field.Key)
		}
	}
	if f, ok := field.Value.(*ast.FunctionExpr); ok && field.Key != nil && isMetaKey(field.Key) {
		r.function(f, true)
		return
	}
	field.Value = r.expression(field.Value)
}

// function rewrites a function's body. Recursion takes long only if some function calls at
// least twice, or if it hides behind operators, as metamethods do: those get a tick, unless they
// start with a call of a KSR function, which counts.
func (r *rewriter) function(f *ast.FunctionExpr, hidden bool) {
	tick := (hidden || countCalls(f.Stmts) > 1) && !r.startsWithKSR(f.Stmts)
	f.Stmts = r.block(f.Stmts)
	if tick {
		f.Stmts = append([]ast.Stmt{tickAt(f)}, f.Stmts...)
	}
}

// tickAt is a call of the tick with the line of another node.
func tickAt(at ast.PositionHolder) ast.Stmt {
	stmt := &ast.FuncCallStmt{Expr: hiddenCall(tickMark, at)}
	setLine(stmt, at)
	return stmt
}

// concatCall turns a .. b .. c into one call, which joins all of them at once.
func (r *rewriter) concatCall(e *ast.StringConcatOpExpr) ast.Expr {
	args := []ast.Expr{r.expression(e.Lhs)}
	rest := e.Rhs
	for len(args) < maxConcat {
		next, ok := rest.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		args, rest = append(args, r.expression(next.Lhs)), next.Rhs
	}
	args = append(args, r.expression(rest))
	oneValueEach(args)
	call := hiddenCall(concatMark, e)
	call.Args, call.AdjustRet = args, true
	return call
}

// oneValueEach makes each expression one value, also where a call gives many.
func oneValueEach(list []ast.Expr) {
	for _, e := range list {
		switch e := e.(type) {
		case *ast.FuncCallExpr:
			e.AdjustRet = true
		case *ast.Comma3Expr:
			e.AdjustRet = true
		}
	}
}

// maxConcat is how many texts one call joins: a call's arguments have to fit in its registers.
const maxConcat = 50

func hiddenCall(mark string, at ast.PositionHolder) *ast.FuncCallExpr {
	name := &ast.StringExpr{Value: mark}
	setLine(name, at)
	call := &ast.FuncCallExpr{Func: name}
	setLine(call, at)
	return call
}

func setLine(n, at ast.PositionHolder) {
	n.SetLine(at.Line())
	n.SetLastLine(at.Line())
}

// mark is a text that holds the place of a KSR function.
func (r *rewriter) mark(fn *glua.LFunction, at ast.PositionHolder) ast.Expr {
	n := slices.Index(r.marked, fn)
	if n < 0 {
		n = len(r.marked)
		r.marked = append(r.marked, fn)
	}
	mark := &ast.StringExpr{Value: directMark + strconv.Itoa(n)}
	setLine(mark, at)
	return mark
}

// functionOf is the KSR function of a mark; nil if the text is none.
func (r *rewriter) functionOf(mark string) *glua.LFunction {
	number, ok := strings.CutPrefix(mark, directMark)
	if !ok {
		return nil
	}
	if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < len(r.marked) {
		return r.marked[n]
	}
	return nil
}

// place puts the functions where the markers stand.
func (r *rewriter) place(proto *glua.FunctionProto) {
	for i, constant := range proto.Constants {
		text, ok := constant.(glua.LString)
		if !ok || len(text) == 0 || text[0] != 0 {
			continue
		}
		switch text {
		case tickMark:
			proto.Constants[i] = tickFunction
		case concatMark:
			proto.Constants[i] = concatFunction
		case setMark:
			proto.Constants[i] = setFunction
		case keyMark:
			proto.Constants[i] = keyFunction
		default:
			if fn := r.functionOf(string(text)); fn != nil {
				proto.Constants[i] = fn
			}
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		r.place(inner)
	}
}
