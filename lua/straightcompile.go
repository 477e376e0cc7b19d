package lua

import (
	"slices"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// maxLocals bounds the local variables of a straight function.
const maxLocals = 200

// straightener makes a straight function of a function's tree, or finds that it is none.
type straightener struct {
	s      *state
	f      *straight
	proto  *glua.FunctionProto
	scope  []string // the local variables in sight; the last of a name counts
	slots  []int    // their places
	failed bool     // there is something that only the VM does
}

// straighten has the straight functions among the scripts' global functions run without the VM.
func (s *state) straighten() {
	for _, f := range s.loaded {
		s.straightenFunction(f)
	}
	known := map[*glua.LFunction]*straight{}
	for _, f := range s.straights {
		known[f.fn] = f
	}
	for _, f := range s.straights {
		f.put()
		for _, call := range f.calls {
			call.to = known[call.target]
		}
		f.calls = nil
	}
}

// straightenFunction tries one function. It must be what the name stands for.
func (s *state) straightenFunction(of globalFunction) {
	tree := of.tree
	fn, ok := s.L.G.Global.RawGetString(of.name).(*glua.LFunction)
	if !ok || fn.IsG || s.uses.later[of.name] || fn.Proto.SourceName != of.file || fn.Proto.LineDefined != tree.Line() {
		return
	}
	if fn.Proto.NumUpvalues > 0 || tree.ParList.HasVargs {
		return
	}
	c := &straightener{s: s, proto: fn.Proto, f: &straight{name: of.name, fn: fn, params: len(tree.ParList.Names)}}
	for _, param := range tree.ParList.Names {
		c.declare(param)
	}
	c.f.start = c.pc(tree)
	c.f.body = c.block(tree.Stmts)
	if !c.failed {
		s.straights = append(s.straights, c.f)
	}
}

// pc is an instruction of a node's line.
func (c *straightener) pc(at ast.PositionHolder) int {
	return max(slices.Index(c.proto.DbgSourcePositions, at.Line()), 0)
}

func (c *straightener) declare(name string) int {
	c.f.locals++
	c.failed = c.failed || c.f.locals > maxLocals
	c.scope, c.slots = append(c.scope, name), append(c.slots, c.f.locals)
	return c.f.locals
}

// local is the place of a local variable; 0 if there is none of the name.
func (c *straightener) local(name string) int {
	for i := len(c.scope) - 1; i >= 0; i-- {
		if c.scope[i] == name {
			return c.slots[i]
		}
	}
	return 0
}

func (c *straightener) block(stmts []ast.Stmt) block {
	outer := len(c.scope)
	var b block
	for _, stmt := range stmts {
		b = append(b, c.statement(stmt)...)
	}
	c.scope, c.slots = c.scope[:outer], c.slots[:outer]
	return b
}

func (c *straightener) statement(stmt ast.Stmt) block {
	switch stmt := stmt.(type) {
	case *ast.FuncCallStmt:
		if call, ok := stmt.Expr.(*ast.FuncCallExpr); ok {
			return block{&callStatement{c.call(call)}}
		}
	case *ast.IfStmt:
		return block{&ifStatement{c.expression(stmt.Condition), c.block(stmt.Then), c.block(stmt.Else)}}
	case *ast.DoBlockStmt:
		return c.block(stmt.Stmts)
	case *ast.ReturnStmt:
		return c.returns(stmt)
	case *ast.LocalAssignStmt:
		return c.locals(stmt)
	case *ast.AssignStmt:
		return c.assignment(stmt)
	}
	c.failed = true
	return nil
}

// returns is a return of at most one value. The VM calls a function in its place, which may go on for ever that way.
func (c *straightener) returns(stmt *ast.ReturnStmt) block {
	if len(stmt.Exprs) == 0 {
		return block{returnNothing{}}
	}
	value := c.expression(stmt.Exprs[0])
	c.failed = c.failed || len(stmt.Exprs) > 1 || opensLast([]expression{value})
	return block{&returnValue{value}}
}

// locals is "local a = …" of one variable.
func (c *straightener) locals(stmt *ast.LocalAssignStmt) block {
	if len(stmt.Names) != 1 || len(stmt.Exprs) > 1 {
		c.failed = true
		return nil
	}
	value := expression(&constantValue{glua.LNil})
	if len(stmt.Exprs) == 1 {
		value = c.expression(stmt.Exprs[0])
	}
	return block{&setLocal{c.declare(stmt.Names[0]), value}}
}

// assignment is "a = …" of one variable.
func (c *straightener) assignment(stmt *ast.AssignStmt) block {
	if name, ok := stmt.Lhs[0].(*ast.IdentExpr); ok && len(stmt.Lhs) == 1 && len(stmt.Rhs) == 1 {
		value := c.expression(stmt.Rhs[0])
		if slot := c.local(name.Value); slot > 0 {
			return block{&setLocal{slot, value}}
		}
		return block{&setGlobal{name.Value, value}}
	}
	c.failed = true
	return nil
}
