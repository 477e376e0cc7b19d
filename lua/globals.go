package lua

import glua "github.com/yuin/gopher-lua"

// globals is what a chunk may do to global variables, read from its compiled code. All functions of a chunk count.
type globals struct {
	set    map[string]bool // names that it assigns to
	later  map[string]bool // those of them that a function assigns to, so that it may happen at any time
	whole  map[string]bool // stable libraries that are used for more than to take a function out by its name
	hidden bool            // it may reach the variables unseen
	yields bool            // it may have coroutines
}

// stable are the libraries that scripts seldom change.
var stable = map[string]bool{"string": true, "table": true, "math": true, "os": true, "io": true}

func newGlobals() globals {
	return globals{set: map[string]bool{}, later: map[string]bool{}, whole: map[string]bool{}}
}

// readGlobals reads a chunk's code.
func readGlobals(main *glua.FunctionProto) globals {
	g := newGlobals()
	g.read(main, g.set)
	for _, inner := range main.FunctionPrototypes {
		g.readAll(inner)
	}
	for name := range g.later {
		g.set[name] = true
	}
	return g
}

func (g *globals) readAll(p *glua.FunctionProto) {
	g.read(p, g.later)
	for _, inner := range p.FunctionPrototypes {
		g.readAll(inner)
	}
}

// read notes what one function does. Assigned is where its assignments go.
func (g *globals) read(p *glua.FunctionProto, assigned map[string]bool) {
	for _, k := range p.Constants {
		text, _ := k.(glua.LString)
		g.hidden = g.hidden || waysAround[string(text)] || waysBack[string(text)]
		g.yields = g.yields || text == "coroutine"
		if text == "getmetatable" { // that of a text leads to string
			g.use("string")
		}
	}
	targets := jumpTargets(p)
	for pc, code := range p.Code {
		switch i := instruction(code); i.op() {
		case glua.OP_SETGLOBAL:
			assigned[nameOf(p, i.bx())] = true
			g.use(nameOf(p, i.bx())) // what is put in the place of a library may have another name
		case glua.OP_GETGLOBAL:
			if pc+1 == len(p.Code) || targets[pc+1] || !instruction(p.Code[pc+1]).isField(i) {
				g.use(nameOf(p, i.bx()))
			}
		case glua.OP_LOADK: // require "string"
			g.use(nameOf(p, i.bx()))
		case glua.OP_GETTABLEKS:
			g.useField(nameOf(p, i.c()&^constantBit))
		case glua.OP_SETTABLE, glua.OP_SETTABLEKS: // {name = "string"}
			if i.c()&constantBit != 0 {
				g.use(nameOf(p, i.c()&^constantBit))
			}
		}
	}
}

// waysBack are further names by which a script gets at its libraries, or at the code of a chunk, which may run again then.
var waysBack = map[string]bool{"loaded": true, "loaders": true, "seeall": true, "getinfo": true}

// useField is use for what is taken out of a table.
func (g *globals) useField(name string) {
	g.use(name)
	if name == "__index" { // that of a text is string
		g.use("string")
	}
}

// use notes that a library may get out as a value.
func (g *globals) use(name string) {
	if stable[name] {
		g.whole[name] = true
	}
}

// nameOf is a constant that is a text; else "".
func nameOf(p *glua.FunctionProto, constant int) string {
	text, _ := p.Constants[constant].(glua.LString)
	return string(text)
}

func jumpTargets(p *glua.FunctionProto) map[int]bool {
	targets := map[int]bool{}
	for pc, code := range p.Code {
		if i := instruction(code); i.isJump() {
			targets[pc+1+i.sbx()] = true
		}
	}
	return targets
}

// add counts what another chunk may do. One that does not run at once may run at any time.
func (g *globals) add(of globals, atOnce bool) {
	set := of.set
	if atOnce {
		set = of.later
	}
	for name := range set {
		g.later[name] = true
	}
	for name := range of.whole {
		g.whole[name] = true
	}
	g.hidden = g.hidden || of.hidden
	g.yields = g.yields || of.yields
}
