package lua

import (
	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// routes follows the calls from the functions that the server calls, and tells of KSR functions
// that cannot do their work in any of the routes that lead to them.
func (c *checker) routes() {
	g := c.callGraph()
	g.spread()
	for _, f := range g.functions {
		if f.kinds == 0 || f.unsure {
			continue
		}
		c.liveCalls(f.body, func(call *ast.FuncCallExpr) { c.misplaced(f, call) })
	}
}

// misplaced tells of a call that cannot do its work in the routes that its function runs in.
func (c *checker) misplaced(in *routeFunction, call *ast.FuncCallExpr) {
	name, ok := ksrName(call.Func)
	if !ok || name == "" {
		return
	}
	f := c.function(name)
	if f == nil || f.Works&in.kinds != 0 {
		return
	}
	found := in.script.finding("route", call.Line(), "KSR."+name)
	found.Message = "KSR." + name + " cannot do its work here: " + in.name + " is a function of the " + kemi.RouteNames(in.kinds) + " route"
	found.Hint = "it works in these routes: " + kemi.RouteNames(f.Works)
	c.add(found)
}

// routeFunction is a global function of the scripts, and what is known of the routes that it runs in.
type routeFunction struct {
	name   string
	script *script
	body   *ast.FunctionExpr
	kinds  route.Kind
	unsure bool // it is kept somewhere, or defined twice: nobody knows who calls it
	calls  []string
}

type callGraph struct {
	functions []*routeFunction
	byName    map[string]*routeFunction
}

// callGraph has the global functions, who calls whom, and where the server itself calls them.
func (c *checker) callGraph() *callGraph {
	g := &callGraph{byName: map[string]*routeFunction{}}
	for _, s := range c.scripts {
		for _, w := range s.uses.writes {
			g.add(s, w)
		}
	}
	if server := c.engine.host.Server; server != nil {
		for kind, name := range server.DefaultRoutes() {
			g.enter(name, kind)
		}
	}
	called := map[string]int{}
	for _, s := range c.scripts {
		for _, call := range s.uses.calls {
			called[call.name]++
		}
		walkStmts(s.chunk, func(e ast.Expr) bool {
			if call, ok := e.(*ast.FuncCallExpr); ok {
				c.armedRoute(g, call)
			}
			return true
		})
	}
	for _, f := range g.functions {
		c.liveCalls(f.body, func(call *ast.FuncCallExpr) { f.calls = append(f.calls, c.callee(call)) })
		f.unsure = f.unsure || !c.whole || c.reads(f.name) > called[f.name]
	}
	return g
}

func (g *callGraph) add(s *script, w globalWrite) {
	if known := g.byName[w.name]; known != nil {
		known.unsure = true
		return
	}
	if w.function == nil {
		return
	}
	f := &routeFunction{name: w.name, script: s, body: w.function}
	g.functions, g.byName[w.name] = append(g.functions, f), f
}

func (g *callGraph) enter(name string, kind route.Kind) {
	if f := g.byName[name]; f != nil {
		f.kinds |= kind
	}
}

// armedRoute notes a function that a KSR function names for later.
func (c *checker) armedRoute(g *callGraph, call *ast.FuncCallExpr) {
	name, ok := ksrName(call.Func)
	if !ok || name == "" {
		return
	}
	if f := c.function(name); f != nil && f.Arms != 0 {
		g.enter(namesFunction(f, call), f.Arms)
	}
}

// reads is how often a global is mentioned other than to be written to.
func (c *checker) reads(name string) (n int) {
	for _, s := range c.scripts {
		n += s.uses.read[name]
	}
	return n
}

// callee is the global function that a call goes to, or nothing.
func (c *checker) callee(call *ast.FuncCallExpr) string {
	if name, ok := call.Func.(*ast.IdentExpr); ok {
		return name.Value
	}
	return ""
}

// spread hands the routes of each function on to those that it calls.
func (g *callGraph) spread() {
	for changed := true; changed; {
		changed = false
		for _, f := range g.functions {
			for _, name := range f.calls {
				called := g.byName[name]
				if called == nil {
					continue
				}
				if kinds, unsure := called.kinds|f.kinds, called.unsure || f.unsure; kinds != called.kinds || unsure != called.unsure {
					called.kinds, called.unsure, changed = kinds, unsure, true
				}
			}
		}
	}
}

// liveCalls visits the calls of a function's own body that can be reached; not those of functions inside it.
func (c *checker) liveCalls(f *ast.FunctionExpr, visit func(*ast.FuncCallExpr)) {
	walkLive(f.Stmts, c.absent, func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.FunctionExpr:
			return false
		case *ast.FuncCallExpr:
			visit(e)
		}
		return true
	})
}
