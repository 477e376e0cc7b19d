package lua

import (
	"slices"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/kemi"
)

// A call such as KSR.tm.t_relay() looks three names up in tables, which is a third of what a
// routing script costs. As long as no code of the script can have changed those tables, the
// call goes to the function at once.

// directCall puts the function, or the whole call if its arguments are constants, in place of
// the names in a call of a KSR function.
func (r *rewriter) directCall(call *ast.FuncCallExpr) bool {
	b := r.ksrFunction(call)
	if b == nil {
		return false
	}
	fn := b.direct
	if p := r.direct.prepare(b, call.Args); p != nil {
		fn, call.Args = &p.fn, nil
	}
	call.Func = r.mark(fn, call.Func)
	return true
}

// ksrFunction is the KSR function that a call names; nil if it names none.
func (r *rewriter) ksrFunction(call *ast.FuncCallExpr) *binding {
	name, ok := ksrName(call.Func)
	if !ok || r.ownKSR {
		return nil
	}
	return r.direct.bindings[name]
}

// directly is the function as such a call meets it.
func (b *binding) directly(L *glua.LState) int {
	s := stateOf(L)
	if s.touched {
		if fn := b.lookup(L); fn != b.fn {
			return instead(L, s, fn)
		}
	}
	return b.run(L, s)
}

// instead calls what the script has put in the place of a KSR function.
func instead(L *glua.LState, s *state, fn glua.LValue) int {
	s.burn(L)
	given := L.GetTop()
	L.Insert(fn, 1)
	L.Call(given, glua.MultRet)
	return L.GetTop()
}

// lookup finds what the script itself would find under the function's name.
func (b *binding) lookup(L *glua.LState) glua.LValue {
	return b.lookupIn(L, callerEnv(L))
}

func (b *binding) lookupIn(L *glua.LState, globals *glua.LTable) glua.LValue {
	at := L.GetField(globals, "KSR")
	if b.f.Table != coreTable {
		at = L.GetField(at, b.f.Table)
	}
	return L.GetField(at, b.f.Name)
}

// pristine tells whether the KSR tables of a state are as they were made.
func (s *state) pristine(tables []ksrTable) bool {
	ksr, ok := s.L.G.Global.RawGetString("KSR").(*glua.LTable)
	if !ok {
		return false
	}
	for _, t := range tables {
		table := ksr
		if t.name != coreTable {
			if table, ok = ksr.RawGetString(t.name).(*glua.LTable); !ok {
				return false
			}
		}
		for _, f := range t.funcs {
			if table.RawGetString(f.name) != f.fn {
				return false
			}
		}
	}
	return true
}

// waysAround are names by which a script could reach KSR or another environment unseen.
var waysAround = map[string]bool{
	"_G": true, "getfenv": true, "setfenv": true, "module": true,
	"getlocal": true, "setlocal": true, "getupvalue": true, "setupvalue": true,
}

// usesOfKSR looks for ways in which a chunk may change the KSR tables: it finds one if the
// chunk uses KSR for anything but to call a function, to take one, or to ask whether something
// is there.
func usesOfKSR(tree []ast.Stmt, registry *kemi.Registry) *toucher {
	t := &toucher{registry: registry}
	visitStmts(tree, t.statement)
	return t
}

type toucher struct {
	registry *kemi.Registry
	found    bool
	own      bool // there is a local variable KSR
}

// statement looks at a statement's own names and expressions; those of inner blocks and
// functions are visited on their own.
func (t *toucher) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, lhs := range s.Lhs {
			t.target(lhs)
		}
	case *ast.LocalAssignStmt:
		t.names(s.Names)
	case *ast.NumberForStmt:
		t.names([]string{s.Name})
	case *ast.GenericForStmt:
		t.names(s.Names)
	case *ast.FuncDefStmt:
		if s.Name.Func != nil {
			t.target(s.Name.Func)
		} else {
			t.target(s.Name.Receiver)
		}
	case *ast.IfStmt:
		t.condition(s.Condition)
		return
	case *ast.WhileStmt:
		t.condition(s.Condition)
		return
	case *ast.RepeatStmt:
		t.condition(s.Condition)
		return
	}
	walkOwn(s, t.expression)
}

// names looks for a local KSR.
func (t *toucher) names(list []string) {
	t.own = t.own || slices.Contains(list, "KSR")
}

// target is what is assigned to: KSR, or something below it.
func (t *toucher) target(e ast.Expr) {
	for {
		attr, ok := e.(*ast.AttrGetExpr)
		if !ok {
			break
		}
		e = attr.Object
	}
	name, ok := e.(*ast.IdentExpr)
	t.found = t.found || ok && name.Value == "KSR"
}

// condition is an expression of which only the truth is asked.
func (t *toucher) condition(e ast.Expr) {
	switch e := e.(type) {
	case *ast.LogicalOpExpr:
		t.condition(e.Lhs)
		t.condition(e.Rhs)
		return
	case *ast.UnaryNotOpExpr:
		t.condition(e.Expr)
		return
	}
	if _, ok := ksrName(e); !ok {
		walkExpr(e, t.expression)
	}
}

// expression looks at one expression; it gives whether those below are still to be looked at.
func (t *toucher) expression(e ast.Expr) bool {
	if name, ok := ksrName(e); ok {
		t.found = t.found || name == "" || len(t.registry.Functions(name)) > 0 // a table gets out
		return false
	}
	switch e := e.(type) {
	case *ast.UnaryNotOpExpr:
		t.condition(e.Expr)
		return false
	case *ast.RelationalOpExpr:
		t.condition(e.Lhs)
		t.condition(e.Rhs)
		return false
	case *ast.IdentExpr:
		t.found = t.found || waysAround[e.Value]
	case *ast.StringExpr:
		t.found = t.found || waysAround[e.Value]
	case *ast.FunctionExpr:
		t.names(e.ParList.Names)
		return false // its statements are visited on their own
	}
	return true
}
