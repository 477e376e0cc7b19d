package config

// statementFunc reads the rest of a statement whose first word is t. It reports what
// is wrong and then gives false.
type statementFunc func(p *parser, t token) bool

// parser turns tokens into a Config.
type parser struct {
	r          *reader
	cfg        *Config
	ahead      []token // read but not used yet
	statements map[string]statementFunc
}

// statements are the words that can begin one, besides the names of parameters.
func statements() map[string]statementFunc {
	table := map[string]statementFunc{
		"loadmodule":  (*parser).loadModule,
		"loadmodulex": (*parser).loadModule,
		"loadpath":    (*parser).loadPath,
		"mpath":       (*parser).loadPath,
		"modparam":    (*parser).modParam,
		"modparamx":   (*parser).modParam,
		"cfgengine":   (*parser).cfgEngine,
		"flags":       (*parser).flags,
		"bool":        (*parser).flags,
		"avpflags":    (*parser).flags,
		"listen":      (*parser).listen,
		"socket":      (*parser).socket,
		"alias":       (*parser).alias,
		"domain":      (*parser).alias,
		"coreparam":   (*parser).coreParam,
	}
	for name := range nativeRoutes {
		table[name] = (*parser).nativeRoute
	}
	return table
}

func newParser(r *reader, path string) *parser {
	p := &parser{r: r, cfg: &Config{Path: path, texts: r.texts}, statements: statements()}
	r.keywords = map[string]bool{"advertise": true, "name": true, "virtual": true, "desc": true}
	for word := range p.statements {
		r.keywords[word] = true
	}
	for word := range paramIndex {
		r.keywords[word] = true
	}
	for word := range boolWords {
		r.keywords[word] = true
	}
	return p
}

// file reads statements up to the end.
func (p *parser) file() {
	for {
		t := p.take()
		if t.kind == tokEOF {
			return
		}
		if t.is(";") {
			continue
		}
		if !p.statement(t) {
			p.recover(t)
		}
	}
}

// finish hands the result over.
func (p *parser) finish() *Config {
	p.cfg.Defines, p.cfg.DefineNames = p.r.defines.visible()
	p.cfg.Warnings = p.r.warnings
	return p.cfg
}

// statement reads one statement whose first token is t.
func (p *parser) statement(t token) bool {
	if t.kind != tokWord {
		return p.failf(t, "", "statement expected, not %s", t)
	}
	if read, ok := p.statements[t.text]; ok {
		return read(p, t)
	}
	switch next := p.peek(0); {
	case next.is("."):
		return p.groupSetting(t)
	case next.is("=") || isParam(t.text):
		return p.setting(t)
	}
	return p.failf(t, didYouMean(t.text, p.statementNames()), "unknown statement %s", t)
}

// statementNames are all words that can begin a statement, for hints.
func (p *parser) statementNames() []string {
	return append(append(sortedKeys(p.statements), "include_file", "import_file"), paramNames()...)
}

// recover goes to the next word that begins a line behind the broken statement.
func (p *parser) recover(broken token) {
	for {
		t := p.peek(0)
		if t.kind == tokEOF {
			return
		}
		if t.kind == tokWord && t.first && (t.pos.Line > broken.pos.Line || t.pos.File != broken.pos.File) {
			return
		}
		p.take()
	}
}

// peek is the token n places ahead.
func (p *parser) peek(n int) token {
	for len(p.ahead) <= n {
		p.ahead = append(p.ahead, p.r.next())
	}
	return p.ahead[n]
}

// take is the next token.
func (p *parser) take() token {
	if len(p.ahead) == 0 {
		return p.r.next()
	}
	t := p.ahead[0]
	p.ahead = p.ahead[1:]
	return t
}

// accept takes the next token if it is the given one.
func (p *parser) accept(text string) bool {
	if !p.peek(0).is(text) {
		return false
	}
	p.take()
	return true
}

// expect takes the given token or reports its absence.
func (p *parser) expect(text, hint string) bool {
	t := p.peek(0)
	if t.is(text) {
		p.take()
		return true
	}
	return p.failf(t, hint, "%q expected, not %s", text, t)
}

// text takes a string or reports its absence.
func (p *parser) text(hint string) (token, bool) {
	t := p.peek(0)
	if t.kind == tokString {
		return p.take(), true
	}
	return t, p.failf(t, hint, "string expected, not %s", t)
}

// failf reports an error and gives false, for a caller that returns it.
func (p *parser) failf(t token, hint, format string, args ...any) bool {
	p.r.failf(t.pos, hint, format, args...)
	return false
}
