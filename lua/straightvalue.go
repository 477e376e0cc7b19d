package lua

import (
	"slices"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// expression makes what computes an expression.
func (c *straightener) expression(e ast.Expr) expression {
	if v := constantOf(e); v != nil {
		return &constantValue{v}
	}
	switch e := e.(type) {
	case *ast.IdentExpr:
		return c.variable(e.Value)
	case *ast.AttrGetExpr:
		return c.fieldOf(e)
	case *ast.UnaryNotOpExpr:
		return &negation{c.expression(e.Expr)}
	case *ast.LogicalOpExpr:
		a, b := c.expression(e.Lhs), c.expression(e.Rhs)
		if e.Operator == "and" {
			return &both{a, b}
		}
		return &either{a, b}
	case *ast.RelationalOpExpr:
		return c.comparison(e)
	case *ast.StringConcatOpExpr:
		return c.joined(e)
	case *ast.FuncCallExpr:
		if e.AdjustRet {
			return &single{c.call(e)}
		}
		return c.call(e)
	}
	return c.fail()
}

func (c *straightener) fail() *constantValue {
	c.failed = true
	return &constantValue{glua.LNil}
}

// constantOf is the value of what stands in the source; nil if it has to be computed.
func constantOf(e ast.Expr) glua.LValue {
	switch e.(type) {
	case *ast.TrueExpr:
		return glua.LTrue
	case *ast.FalseExpr:
		return glua.LFalse
	case *ast.NilExpr:
		return glua.LNil
	}
	if v := constant(e); v != glua.LNil {
		return v
	}
	return nil
}

// variable is a local or global variable.
func (c *straightener) variable(name string) expression {
	if slot := c.local(name); slot > 0 {
		return &localVariable{slot}
	}
	if v := c.s.L.G.Global.RawGetString(name); v != glua.LNil && !c.s.uses.later[name] {
		c.s.names[name] = true
		return &settled{v, &globalVariable{name}}
	}
	return &globalVariable{name}
}

// fieldOf is "a.b", a constant if nothing can change it.
func (c *straightener) fieldOf(e *ast.AttrGetExpr) expression {
	key, ok := e.Key.(*ast.StringExpr)
	if !ok {
		return c.fail()
	}
	of := c.expression(e.Object)
	read := &field{of, key.Value, c.pc(e)}
	if table, ok := of.(*settled); ok {
		if v := c.settledField(table, key.Value); v != nil {
			return &settled{v, read}
		}
	}
	return read
}

// settledField is a field of a global table that nothing changes; else nil.
func (c *straightener) settledField(of *settled, key string) glua.LValue {
	table, ok := of.v.(*glua.LTable)
	name, isGlobal := of.read.(*globalVariable)
	if !ok || !isGlobal || table.Metatable != glua.LNil {
		return nil
	}
	if v, ok := c.s.settledField(name.name, table, key); ok {
		return v
	}
	return nil
}

func (c *straightener) comparison(e *ast.RelationalOpExpr) expression {
	x := comparison{e.Operator, c.expression(e.Lhs), c.expression(e.Rhs), c.pc(e)}
	q, asks := x.a.(question)
	switch v := c.valueOf(x.b).(type) {
	case glua.LNumber:
		if asks {
			return &answerToNumber{x, q, float64(v)}
		}
	case glua.LString:
		if asks && (e.Operator == "==" || e.Operator == "~=") {
			return &answerToText{q, string(v), e.Operator == "=="}
		}
	}
	if e.Operator == "<=" || e.Operator == ">=" {
		c.failed = c.failed || !c.isNumber(x.a) && !c.isNumber(x.b)
	}
	return &x
}

// valueOf is what a constant expression gives; nil if it is none.
func (c *straightener) valueOf(e expression) glua.LValue {
	if k, ok := e.(*constantValue); ok {
		return k.v
	}
	return nil
}

func (c *straightener) isNumber(e expression) bool {
	_, ok := c.valueOf(e).(glua.LNumber)
	return ok
}

// joined is the chain of texts that one call joins.
func (c *straightener) joined(e *ast.StringConcatOpExpr) expression {
	x := &joined{parts: []expression{c.expression(e.Lhs)}, pc: c.pc(e)}
	rest := e.Rhs
	for len(x.parts) < maxConcat {
		next, ok := rest.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		x.parts, rest = append(x.parts, c.expression(next.Lhs)), next.Rhs
	}
	x.parts = append(x.parts, c.expression(rest))
	return x
}

func (c *straightener) call(e *ast.FuncCallExpr) callable {
	if e.Func == nil {
		c.failed = true // a method
		return &call{fn: c.fail()}
	}
	args := make([]expression, len(e.Args))
	for i, arg := range e.Args {
		args[i] = c.expression(arg)
		_, finds := args[i].(*search)
		c.failed = c.failed || finds && i == len(e.Args)-1 // it would give all its values
	}
	if b := c.ksrFunction(e); b != nil {
		if q := c.question(b, args, c.pc(e)); q != nil {
			return q
		}
		return &call{&constantValue{b.direct}, args, c.pc(e)}
	}
	return c.otherCall(call{c.expression(e.Func), args, c.pc(e)}, e)
}

// otherCall is a call of a function of the scripts, or one of a KSR function that is not as declared. Calls of other Go functions are left to
// the VM, which knows by what name they are called: their errors tell it.
func (c *straightener) otherCall(x call, e *ast.FuncCallExpr) callable {
	if text, ok := c.searched(&x); ok {
		return &search{x, text}
	}
	if _, ok := ksrName(e.Func); ok {
		return &x
	}
	fn, ok := x.fn.(*settled)
	target := (*glua.LFunction)(nil)
	if ok {
		target, _ = fn.v.(*glua.LFunction)
	}
	if target == nil || target.IsG {
		c.failed = true
		return &x
	}
	if opensLast(x.args) {
		return &x
	}
	y := &straightCall{call: x, by: c.f, target: target}
	c.f.calls = append(c.f.calls, y)
	return y
}

// ksrFunction is the KSR function that a call names.
func (c *straightener) ksrFunction(e *ast.FuncCallExpr) *binding {
	name, ok := ksrName(e.Func)
	if !ok || c.s.touched || c.local("KSR") > 0 {
		return nil
	}
	return c.s.engine.direct.bindings[name]
}

// question is a call of a KSR function with the arguments that it wants; nil if there are others, or perhaps.
func (c *straightener) question(b *binding, args []expression, pc int) question {
	values := make([]glua.LValue, len(args))
	for i, arg := range args {
		values[i] = c.valueOf(arg)
	}
	if opensLast(args) {
		return nil
	}
	if !slices.Contains(values, nil) {
		if p := c.s.engine.direct.prepareValues(b, values); p != nil {
			return &preparedCall{p, pc}
		}
	}
	if b.loose || len(args) != len(b.f.Args) {
		return nil
	}
	return &askedCall{b, args, pc}
}

// opensLast tells whether the last argument may be any number of values.
func opensLast(args []expression) bool {
	if len(args) == 0 {
		return false
	}
	switch args[len(args)-1].(type) {
	case question:
		return false
	case callable, *search:
		return true
	}
	return false
}

// searched tells whether a call is string.find(…, "plain text").
func (c *straightener) searched(x *call) (string, bool) {
	fn, ok := x.fn.(*settled)
	if !ok || fn.v != stringFunctions["find"] || len(x.args) != 2 {
		return "", false
	}
	text, ok := c.valueOf(x.args[1]).(glua.LString)
	return string(text), ok && isPlain(string(text))
}
