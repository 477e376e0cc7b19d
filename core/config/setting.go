package config

// setting reads name = value.
func (p *parser) setting(name token) bool {
	def, known := findParam(name.text)
	if !known {
		return p.failf(name, didYouMean(name.text, p.statementNames()), "unknown parameter %s", name)
	}
	if !p.expect("=", "") {
		return false
	}
	s := Setting{Name: def.name, Written: name.text, Pos: name.pos, ValuePos: p.peek(0).pos}
	value, ok := p.value(name.text, def.kind)
	if !ok {
		return false
	}
	s.Value = value
	p.cfg.Globals = append(p.cfg.Globals, s)
	return true
}

// coreParam reads coreparam[name] = value, the same as name = value.
func (p *parser) coreParam(token) bool {
	if !p.expect("[", "coreparam[name] = value") {
		return false
	}
	name := p.take()
	return p.expect("]", "coreparam[name] = value") && p.setting(name)
}

// groupSetting reads group.name = value desc "text". Parameters of the
// group kemi are known ones, other groups are the operator's own.
func (p *parser) groupSetting(group token) bool {
	p.take()
	name := p.take()
	if name.kind != tokWord {
		return p.failf(name, "", "name expected behind %s., not %s", group.text, name)
	}
	s := Setting{Name: group.text + "." + name.text, Pos: group.pos}
	s.Written = s.Name
	kind := kindAny
	if group.text == "kemi" {
		def, known := findParam(s.Name)
		if !known {
			return p.failf(group, didYouMean(s.Name, paramNames()), "unknown parameter %q", s.Name)
		}
		kind = def.kind
	}
	if !p.expect("=", "") {
		return false
	}
	s.ValuePos = p.peek(0).pos
	value, ok := p.value(s.Name, kind)
	if !ok {
		return false
	}
	s.Value = value
	if s.Desc, ok = p.description(); ok {
		p.cfg.Globals = append(p.cfg.Globals, s)
	}
	return ok
}

// description reads desc "text" if it is there.
func (p *parser) description() (string, bool) {
	if !p.accept("desc") && !p.accept("descr") && !p.accept("description") {
		return "", true
	}
	t, ok := p.text("")
	return t.text, ok
}

// value reads a value of a kind. The name is for messages.
func (p *parser) value(name string, kind paramKind) (Value, bool) {
	t := p.peek(0)
	if kind != kindStr {
		if n, ok := p.number(); ok {
			return Value{Kind: Int, Int: n}, true
		}
	}
	if kind != kindInt && t.kind == tokString {
		return Value{Kind: Str, Str: p.take().text}, true
	}
	if kind == kindWord && startsHost(t) {
		host, ok := p.host()
		return Value{Kind: Str, Str: host}, ok
	}
	return Value{}, p.failf(t, kind.hint(name, t), "%s takes %s, not %s", name, kind, t)
}

// number takes a number with its sign, or a word like yes. An address that begins with a number is none.
func (p *parser) number() (int64, bool) {
	t := p.peek(0)
	if n, ok := boolWords[t.text]; ok && t.kind == tokWord {
		p.take()
		return n, true
	}
	if t.is("-") && p.peek(1).kind == tokNumber {
		p.take()
		return -p.take().num, true
	}
	if t.kind != tokNumber || p.peek(1).is(".") && p.peek(1).tight {
		return 0, false
	}
	return p.take().num, true
}
