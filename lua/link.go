package lua

import (
	"slices"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Each read of a global variable is a lookup in a table: the functions of the script, its flags, string and its find, KSR and
// the modules that it may have. When a state has run its scripts, reads of what nothing in them can change any more
// become constants, in the state's own copy of the code. Code that comes later and may change one of them brings
// the lookups back.

// links are the reads of a state that are constants.
type links struct {
	functions []ownFunction
	uses      globals         // what the scripts may do
	names     map[string]bool // that are constants; nil until the scripts have run
	entries   []entry
	loaded    []globalFunction // of the chunks that were loaded
	straights []*straight      // those of them that run without the VM, or did until the lookups came back
	unlinked  bool
	late      bool // a chunk that came later assigns to globals: there are no more entries
}

// ownFunction is a state's copy of a function's code.
type ownFunction struct {
	proto     *glua.FunctionProto
	written   []uint32 // the code as it was compiled
	constants []glua.LValue
}

// globalFunction is "function name(…) … end" of a chunk, as it stands in the source.
type globalFunction struct {
	name, file string
	tree       *ast.FunctionExpr
}

// globalFunctionsOf are those of a chunk.
func globalFunctionsOf(tree []ast.Stmt, file string) (list []globalFunction) {
	for _, stmt := range tree {
		def, ok := stmt.(*ast.FuncDefStmt)
		if !ok || def.Name.Func == nil {
			continue
		}
		if name, ok := def.Name.Func.(*ast.IdentExpr); ok {
			list = append(list, globalFunction{name.Value, file, def.Func})
		}
	}
	return list
}

// entry is a function that routes start with.
type entry struct {
	name string
	fn   *glua.LFunction
}

// maxEntries bounds the functions that are found without a lookup.
const maxEntries = 8

// copyCode makes the state's copy of a function and of those inside it.
func (l *links) copyCode(p *glua.FunctionProto) *glua.FunctionProto {
	copied := *p
	copied.Code = slices.Clone(p.Code)
	copied.FunctionPrototypes = make([]*glua.FunctionProto, len(p.FunctionPrototypes))
	for i, inner := range p.FunctionPrototypes {
		copied.FunctionPrototypes[i] = l.copyCode(inner)
	}
	l.functions = append(l.functions, ownFunction{&copied, p.Code, p.Constants})
	return &copied
}

// link makes constants of what the scripts cannot change. The embedding program's Go code could change all.
func (s *state) link() {
	s.names = map[string]bool{}
	if s.uses.hidden || len(s.engine.options.Setup) > 0 || s.L.G.Global.Metatable != glua.LNil {
		s.functions = nil
		return
	}
	for _, f := range s.functions {
		s.linkFunction(f.proto)
	}
	if !s.uses.yields {
		s.straighten()
	}
}

func (s *state) linkFunction(p *glua.FunctionProto) {
	p.Constants = slices.Clone(p.Constants)
	known := map[glua.LValue]int{}
	for pc, code := range p.Code {
		i := instruction(code)
		if i.op() != glua.OP_GETGLOBAL {
			continue
		}
		name := nameOf(p, i.bx())
		v, words := s.settled(p, pc, name)
		if words == 0 {
			continue
		}
		at, ok := known[v]
		if !ok || v == glua.LNumber(0) { // which may be -0
			at = len(p.Constants)
			p.Constants, known[v] = append(p.Constants, v), at
		}
		if at > maxBx {
			return
		}
		s.names[name] = true
		p.Code[pc] = loadConstant(i.a(), at)
		if words == 2 {
			p.Code[pc+1] = doNothing
		}
	}
}

// settled is the value that a read gives from now on, and of how many instructions it takes the place: the global, or a field
// of it as well; 0 if it may change.
func (s *state) settled(p *glua.FunctionProto, pc int, name string) (glua.LValue, int) {
	v := s.L.G.Global.RawGetString(name)
	if s.uses.later[name] || v == glua.LNil {
		return nil, 0
	}
	i, next := instruction(p.Code[pc]), instruction(p.Code[pc+1])
	table, ok := v.(*glua.LTable)
	if !ok || !next.isField(i) || table.Metatable != glua.LNil {
		return v, 1
	}
	if field, ok := s.settledField(name, table, nameOf(p, next.c()&^constantBit)); ok {
		return field, 2
	}
	return v, 1
}

// settledField is a field of a global table, if it is one of KSR or of a library that nothing changes.
func (s *state) settledField(name string, table *glua.LTable, key string) (glua.LValue, bool) {
	v := table.RawGetString(key)
	return v, name == "KSR" && !s.touched || stable[name] && !s.uses.whole[name] && v != glua.LNil
}

// meet notes what a chunk that is about to run may change.
func (s *state) meet(c chunk, atOnce bool) {
	if c.touches {
		s.touch()
	}
	if s.names == nil {
		s.uses.add(c.globals, atOnce)
		s.loaded = append(s.loaded, c.functions...)
		return
	}
	s.late = s.late || len(c.globals.set) > 0
	if c.touches || c.globals.hidden || s.constant(c.globals.set) || s.constant(c.globals.whole) {
		s.unlink()
	}
}

// constant tells whether one of some names is a constant.
func (l *links) constant(names map[string]bool) bool {
	for name := range names {
		if l.names[name] {
			return true
		}
	}
	return false
}

// unlink brings the lookups back, for good.
func (l *links) unlink() {
	for _, f := range l.functions {
		copy(f.proto.Code, f.written)
		f.proto.Constants = f.constants
	}
	for _, f := range l.straights {
		f.takeBack()
	}
	l.names, l.functions, l.entries, l.unlinked = map[string]bool{}, nil, nil, true
}

// function finds a global function of the scripts; nil if there is none.
func (s *state) function(name string) *glua.LFunction {
	for i := range s.entries {
		if s.entries[i].name == name {
			return s.entries[i].fn
		}
	}
	fn, _ := s.L.G.Global.RawGetString(name).(*glua.LFunction)
	if fn != nil && len(s.functions) > 0 && !s.late && !s.uses.later[name] && len(s.entries) < maxEntries {
		s.names[name] = true
		s.entries = append(s.entries, entry{name, fn})
	}
	return fn
}
