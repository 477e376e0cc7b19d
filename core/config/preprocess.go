package config

import (
	"regexp"
	"strings"
)

// condition is an #!ifdef that has not ended yet.
type condition struct {
	name   string
	pos    Pos
	live   bool // what is around it is read
	holds  bool // this part of it is read
	inElse bool
}

// directiveFunc obeys a directive. The source stands behind its name.
type directiveFunc func(r *reader, src *source, pos Pos)

// directives are the preprocessor's, by the name behind #! or !!.
func directives() map[string]directiveFunc {
	return map[string]directiveFunc{
		"define":       defineWith(onceOnly),
		"def":          defineWith(onceOnly),
		"trydefine":    defineWith(ifMissing),
		"trydef":       defineWith(ifMissing),
		"redefine":     defineWith(always),
		"redef":        defineWith(always),
		"defexp":       defineExpression(false),
		"defexps":      defineExpression(true),
		"defenv":       defineEnv(false, false),
		"defenvs":      defineEnv(false, true),
		"trydefenv":    defineEnv(true, false),
		"trydefenvs":   defineEnv(true, true),
		"subst":        substDirective(substOnly),
		"substdef":     substDirective(substDefine),
		"substdefs":    substDirective(substDefineQuoted),
		"include_file": func(r *reader, _ *source, pos Pos) { r.include(pos, false) },
		"import_file":  func(r *reader, _ *source, pos Pos) { r.include(pos, true) },
		"ifdef":        ifDirective("ifdef"),
		"ifndef":       ifDirective("ifndef"),
		"ifexp":        ifDirective("ifexp"),
		"else":         func(r *reader, src *source, pos Pos) { r.elseDirective(pos, src.restOfLine()) },
		"endif":        func(r *reader, src *source, pos Pos) { r.endif(pos, src.restOfLine()) },
	}
}

// fileMarkers are the first lines of a file that name a dialect.
var fileMarkers = map[string]bool{"KAMAILIO": true, "OPENSER": true, "SER": true, "MAXCOMPAT": true, "ALL": true}

// directive obeys what stands behind #! or !!. Other words behind #! make the line a comment.
func (r *reader) directive(src *source) bool {
	pos := src.pos()
	marked := *src
	marked.off += 2
	name := marked.word()
	if obey, ok := r.directives[name]; ok {
		src.advance(2 + len(name))
		obey(r, src, pos)
		return true
	}
	if src.peek(0) == '!' && !fileMarkers[name] {
		return false
	}
	r.warnUnknownDirective(pos, src.restOfLine())
	return true
}

// warnUnknownDirective warns of a comment that looks like a directive written wrongly.
func (r *reader) warnUnknownDirective(pos Pos, line string) {
	name, _ := cutWord(line[2:])
	if hint := didYouMean("#!"+name, r.directiveNames()); hint != "" && !fileMarkers[name] {
		r.warn(pos, "#!"+shorten(line[2:])+" is no directive but a comment", hint)
	}
}

func (r *reader) directiveNames() []string {
	names := sortedKeys(r.directives)
	for i := range names {
		names[i] = "#!" + names[i]
	}
	return names
}

// skipping tells that the place is in a part that a condition leaves out.
func (r *reader) skipping() bool {
	if len(r.conditions) == 0 {
		return false
	}
	c := r.conditions[len(r.conditions)-1]
	return !c.live || !c.holds
}

// conditional finds the directives that matter in a part left out.
var conditional = regexp.MustCompile(`[#!]!(ifdef|ifndef|ifexp|else|endif)\b(.*)`)

// skipLine takes a line of a part left out. The incumbent finds a conditional
// anywhere in it, even in what would be a comment.
func (r *reader) skipLine(src *source) {
	at := *src
	line := src.restOfLine()
	m := conditional.FindStringSubmatchIndex(line)
	if m == nil {
		return
	}
	at.advance(m[0])
	pos, name, rest := at.pos(), line[m[2]:m[3]], line[m[4]:m[5]]
	switch {
	case name == "else" && isComment(rest):
		r.elseDirective(pos, rest)
	case name == "endif" && isComment(rest):
		r.endif(pos, rest)
	case name[0] == 'i' && strings.TrimSpace(rest) != "":
		r.conditions = append(r.conditions, condition{name: name, pos: pos})
	}
}

// ifDirective opens a condition.
func ifDirective(name string) directiveFunc {
	return func(r *reader, src *source, pos Pos) {
		line := src.restOfLine()
		holds := r.test(name, line, pos)
		r.conditions = append(r.conditions, condition{name: name, pos: pos, live: true, holds: holds})
	}
}

// test evaluates a condition.
func (r *reader) test(name, line string, pos Pos) bool {
	if name == "ifexp" {
		v, err := evaluate(line, r.defines)
		if err != nil {
			r.fail(pos, "#!ifexp: "+err.Error(), "")
		}
		return v.truth()
	}
	word, rest := cutWord(line)
	if word == "" {
		r.fail(pos, "#!"+name+" needs a name", "")
		return false
	}
	if !isComment(rest) {
		r.warn(pos, "#!"+name+" tests "+word+" alone, the rest of the line is not looked at", "")
	}
	_, defined := r.defines.get(word)
	return defined == (name == "ifdef")
}

// elseDirective turns to the other part of the open condition.
func (r *reader) elseDirective(pos Pos, rest string) {
	c := r.openCondition(pos, "else", rest)
	switch {
	case c == nil:
	case c.inElse:
		r.failf(pos, "", "second #!else of the #!%s at line %d", c.name, c.pos.Line)
	default:
		c.inElse = true
		c.holds = !c.holds
	}
}

// endif closes the open condition.
func (r *reader) endif(pos Pos, rest string) {
	if r.openCondition(pos, "endif", rest) != nil {
		r.conditions = r.conditions[:len(r.conditions)-1]
	}
}

// openCondition is the innermost condition. A comment may follow the directive,
// with a warning: the incumbent then takes the whole line for a comment.
func (r *reader) openCondition(pos Pos, name, rest string) *condition {
	if len(r.conditions) == 0 {
		r.fail(pos, "#!"+name+" without #!ifdef", "")
		return nil
	}
	if !isComment(rest) {
		r.fail(pos, "text behind #!"+name, "put it on a line of its own")
	} else if strings.TrimSpace(rest) != "" {
		r.warn(pos, "Kamailio takes #!"+name+" with a comment behind it for a comment", "put the comment on a line of its own")
	}
	return &r.conditions[len(r.conditions)-1]
}

// isComment tells that the rest of a line is empty or a comment.
func isComment(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest == "" || rest[0] == '#' || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*")
}

// cutWord splits a line behind its first word; word is empty if it begins with something else.
func cutWord(line string) (word, rest string) {
	line = strings.TrimLeft(line, " \t")
	n := 0
	for n < len(line) && isWord(line[n]) {
		n++
	}
	return line[:n], line[n:]
}
