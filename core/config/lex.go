package config

import (
	"net/netip"
	"strings"
)

// scan takes a token. ok is false if there was none: a define was opened instead.
func (r *reader) scan(src *source) (t token, ok bool) {
	t = token{pos: src.pos(), first: src.firstOnLine()}
	c := src.peek(0)
	switch {
	case c == '"' || c == '\'':
		t.kind = tokString
		t.text = r.scanString(src)
	case ipv6Length(src) > 0:
		t.kind = tokIPv6
		t.text = src.advance(ipv6Length(src))
	case isWord(c):
		return r.scanWord(src, t)
	default:
		t.kind = tokPunct
		t.text = src.advance(1)
	}
	return t, true
}

// scanWord takes a number, a word, or a defined name, whose value is then read in its place.
func (r *reader) scanWord(src *source, t token) (token, bool) {
	t.text = src.advance(len(src.word()))
	t.kind = tokWord
	n, isNumber, err := parseNumber(t.text)
	if err != nil {
		r.fail(t.pos, "number "+shorten(t.text)+" is too large", "")
	}
	if isNumber {
		t.kind, t.num = tokNumber, n
		return t, true
	}
	if value, defined := r.defines.get(t.text); defined && !r.keywords[t.text] {
		return t, !r.expand(t, value)
	}
	if t.text == "include_file" || t.text == "import_file" {
		r.include(t.pos, t.text == "import_file")
		return t, false
	}
	return t, true
}

// expand opens the value of a define in place of its name.
func (r *reader) expand(t token, value string) bool {
	for _, s := range r.stack {
		if s.macro == t.text {
			r.failf(t.pos, "", "the value of %s uses %s itself", t.text, t.text)
			return false
		}
	}
	r.expansions++
	r.expanded += len(value)
	if r.expansions > maxExpansions || r.expanded > maxExpanded || len(r.stack) > maxNested+maxIncludes {
		r.stop(t.pos, "too many uses of defined names")
		return true
	}
	src := newSource(t.pos.File, value)
	src.macro, src.at = t.text, t.pos
	r.stack = append(r.stack, src)
	return true
}

// ipv6Length is the length of an IPv6 address at the place, 0 if there is none.
func ipv6Length(src *source) int {
	const longest = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
	n := 0
	for n <= longest && isIPv6Byte(src.peek(n)) {
		n++
	}
	text := src.text[src.off : src.off+n]
	if isWord(src.peek(n)) || strings.Count(text, ":") < 2 {
		return 0
	}
	if _, err := netip.ParseAddr(text); err != nil {
		return 0
	}
	return n
}

func isIPv6Byte(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' || c == ':' || c == '.'
}
