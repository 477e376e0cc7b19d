package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// subst is a rule of #!subst: strings of the file that match are changed.
type subst struct {
	pattern *regexp.Regexp
	replace []piece
	all     bool // flag g
}

// piece is a part of a replacement: text, or what a group of the pattern matched.
type piece struct {
	text  string
	group int // -1 for text
}

// substMode says whether a rule also defines its pattern as a name.
type substMode uint8

const (
	substOnly substMode = iota
	substDefine
	substDefineQuoted
)

// substDirective obeys #!subst "/pattern/replacement/flags" and its relatives. Any character
// can stand for the slash. Earlier rules change the rule itself too, since it is a string.
func substDirective(mode substMode) directiveFunc {
	return func(r *reader, src *source, pos Pos) {
		if blanks := countBlanks(src); !isLineStart(src, blanks) {
			src.advance(blanks)
		} else {
			r.fail(pos, "string expected", `#!subst "/pattern/replacement/g"`)
			return
		}
		t := r.next()
		if t.kind != tokString {
			r.failf(t.pos, `#!subst "/pattern/replacement/g"`, "string expected, not %s", t)
			return
		}
		rule, name, err := r.parseSubst(t.text)
		if err != nil {
			r.fail(t.pos, "bad substitution: "+err.Error(), "/pattern/replacement/flags with the flags g, i and s")
			return
		}
		if mode != substOnly {
			r.define(t.pos, name, quoteIf(mode == substDefineQuoted, joinText(rule.replace)), onceOnly)
		}
		r.substs = append(r.substs, rule)
	}
}

func countBlanks(src *source) int {
	n := 0
	for isBlank(src.peek(n)) {
		n++
	}
	return n
}

// isLineStart tells that the line, or the text, ends n bytes ahead.
func isLineStart(src *source, n int) bool {
	c := src.peek(n)
	return c == '\n' || c == 0
}

// parseSubst reads a rule; name is the pattern as written.
func (r *reader) parseSubst(s string) (rule subst, name string, err error) {
	if s == "" {
		return rule, "", errors.New("it is empty")
	}
	separator := s[0]
	name, rest, ok := cutUnescaped(s[1:], separator)
	if !ok || name == "" {
		return rule, "", errors.New("no pattern")
	}
	replacement, flags, ok := cutUnescaped(rest, separator)
	if !ok {
		return rule, "", fmt.Errorf("no %c behind the replacement", separator)
	}
	syntax, all, err := patternFlags(flags)
	if err != nil {
		return rule, "", err
	}
	rule.all = all
	if rule.pattern, err = regexp.Compile(syntax + name); err != nil {
		return rule, "", err
	}
	rule.pattern.Longest()
	rule.replace, err = r.parseReplacement(replacement, separator)
	return rule, name, err
}

// patternFlags turns the flags of a rule into those of a regular expression.
func patternFlags(flags string) (syntax string, all bool, err error) {
	syntax = "(?m)"
	for _, f := range flags {
		switch f {
		case 'g':
			all = true
		case 'i':
			syntax += "(?i)"
		case 's':
			syntax += "(?s)"
		default:
			return "", false, fmt.Errorf("unknown flag %q", f)
		}
	}
	return syntax, all, nil
}

// cutUnescaped splits at the separator that no backslash stands before.
func cutUnescaped(s string, separator byte) (before, after string, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == separator {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// substitute applies the rules to a string, in their order.
func (r *reader) substitute(pos Pos, s string) string {
	for i := range r.substs {
		s = r.substs[i].apply(s)
		r.substWork += len(s) + 1
		if len(s) > maxString || r.substWork > maxSubstWork {
			r.stop(pos, "too much to substitute")
			return ""
		}
	}
	return s
}

// apply changes one string. A pattern that matches nothing at some place ends the work.
func (u *subst) apply(s string) string {
	most := 1
	if u.all {
		most = -1
	}
	var b strings.Builder
	end := 0
	for _, m := range u.pattern.FindAllStringSubmatchIndex(s, most) {
		if m[0] == m[1] || b.Len() > maxString {
			break
		}
		b.WriteString(s[end:m[0]])
		u.write(&b, s, m)
		end = m[1]
	}
	b.WriteString(s[end:])
	return b.String()
}

// write puts the replacement of one match.
func (u *subst) write(b *strings.Builder, s string, match []int) {
	for _, p := range u.replace {
		if p.group < 0 {
			b.WriteString(p.text)
		} else if i := 2 * p.group; i+1 < len(match) && match[i] >= 0 {
			b.WriteString(s[match[i]:match[i+1]])
		}
	}
}
