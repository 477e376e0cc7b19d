package config

import (
	"path"
	"regexp"
	"strings"
)

// Module is a loadmodule statement.
type Module struct {
	Name string // without path and .so
	File string // as written
	Pos  Pos
}

// Param is a modparam statement.
type Param struct {
	Module    string // as written: a module's name, or a pattern such as "nathelper|registrar"
	Name      string
	Value     Value
	Extended  bool // modparamx: a variable that is left in Value is for the server to evaluate
	Pos       Pos
	ModulePos Pos
	NamePos   Pos
	ValuePos  Pos

	pattern *regexp.Regexp // nil for a plain name
}

// Matches tells whether the parameter is for a module. Like the incumbent it takes the written
// name as a regular expression for the whole name and ignores case.
func (m *Param) Matches(module string) bool {
	if m.pattern == nil {
		return strings.EqualFold(m.Module, module)
	}
	return m.pattern.MatchString(module)
}

// loadModule reads loadmodule "name.so", also with brackets around the string.
func (p *parser) loadModule(t token) bool {
	const hint = `loadmodule "tm.so"`
	brackets := p.accept("(")
	file, ok := p.text(hint)
	if !ok || brackets && !p.expect(")", hint) {
		return false
	}
	m := Module{File: file.text, Pos: file.pos}
	if t.text == "loadmodulex" {
		m.File = p.r.expandVariables(m.File)
	}
	m.Name = strings.TrimSuffix(path.Base(m.File), ".so")
	if m.File == "" {
		return p.failf(file, hint, "empty name of a module")
	}
	for _, other := range p.cfg.Modules {
		if other.Name == m.Name {
			return p.failf(file, "", "module %s is loaded at %s already", m.Name, other.Pos)
		}
	}
	p.cfg.Modules = append(p.cfg.Modules, m)
	p.r.defines.set("MOD_"+m.Name, "")
	return true
}

// loadPath reads loadpath "dir" and mpath = "dir".
func (p *parser) loadPath(t token) bool {
	p.accept("=")
	dir, ok := p.text(t.text + ` "/usr/lib/modules/"`)
	if ok {
		p.cfg.LoadPaths = append(p.cfg.LoadPaths, dir.text)
	}
	return ok
}

const modParamHint = `modparam("module", "parameter", value)`

// modParam reads modparam("module", "parameter", value).
func (p *parser) modParam(t token) bool {
	m := Param{Pos: t.pos, Extended: t.text == "modparamx"}
	if !p.expect("(", modParamHint) {
		return false
	}
	var ok bool
	if m.Module, m.ModulePos, ok = p.argument(); !ok || !p.expect(",", modParamHint) {
		return false
	}
	if m.Name, m.NamePos, ok = p.argument(); !ok || !p.expect(",", modParamHint) {
		return false
	}
	m.ValuePos = p.peek(0).pos
	if m.Value, ok = p.paramValue(m.Name); !ok || !p.expect(")", modParamHint) {
		return false
	}
	if m.Extended {
		m.Module, m.Name = p.r.expandVariables(m.Module), p.r.expandVariables(m.Name)
		m.Value.Str = p.r.expandVariables(m.Value.Str)
	}
	return p.addParam(m)
}

// addParam keeps a parameter with its pattern of modules.
func (p *parser) addParam(m Param) bool {
	if m.Module != regexp.QuoteMeta(m.Module) {
		pattern, err := regexp.Compile("(?i)^(?:" + m.Module + ")$")
		if err != nil {
			p.r.fail(m.ModulePos, "bad pattern of modules: "+err.Error(), `"nathelper|registrar"`)
			return false
		}
		m.pattern = pattern
	}
	p.cfg.Params = append(p.cfg.Params, m)
	return true
}

// argument reads a string of modparam, which defines and strings side by side may make up.
func (p *parser) argument() (string, Pos, bool) {
	t, ok := p.text(modParamHint)
	for ok && p.peek(0).kind == tokString && len(t.text) <= maxString {
		t.text += p.take().text
	}
	return t.text, t.pos, ok
}

// paramValue reads the third argument of modparam.
func (p *parser) paramValue(name string) (Value, bool) {
	t := p.peek(0)
	if t.kind == tokString {
		text, _, ok := p.argument()
		return Value{Kind: Str, Str: text}, ok
	}
	if n, ok := p.number(); ok {
		return Value{Kind: Int, Int: n}, true
	}
	hint := modParamHint
	if t.kind == tokWord {
		hint = wordHint(t)
	}
	return Value{}, p.failf(t, hint, "value of %q expected, not %s", name, t)
}

// cfgEngine reads cfgengine "lua".
func (p *parser) cfgEngine(t token) bool {
	const hint = `routing logic lives in a Lua script: cfgengine "lua"`
	p.accept("=")
	engine, ok := p.text(hint)
	if !ok {
		return false
	}
	if engine.text != "lua" {
		return p.failf(engine, hint, "cfgengine %q is not supported", shorten(engine.text))
	}
	p.cfg.Engine, p.cfg.EnginePos = engine.text, t.pos
	return true
}
