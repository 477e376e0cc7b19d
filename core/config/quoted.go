package config

import (
	"strconv"
	"strings"
)

// scanString takes a quoted string with those in double quotes that follow it with only white
// space between, which count as one, and does the substitutions.
func (r *reader) scanString(src *source) string {
	pos := src.pos()
	var b strings.Builder
	if src.peek(0) == '\'' {
		r.scanSingle(src, &b)
		return r.substitute(pos, b.String())
	}
	r.scanDouble(src, &b)
	for r.nextIsDouble() && b.Len() <= maxString {
		r.scanDouble(r.top(), &b)
	}
	return r.substitute(pos, b.String())
}

// nextIsDouble tells whether a string in double quotes is next, and goes there. It leaves a
// define's value that ends with a string, since what follows its use counts as well.
func (r *reader) nextIsDouble() bool {
	depth := len(r.stack) - 1
	for {
		src := r.stack[depth]
		n := 0
		for isSpace(src.peek(n)) {
			n++
		}
		if src.peek(n) == '"' {
			r.stack = r.stack[:depth+1]
			src.advance(n)
			return true
		}
		if src.off+n < len(src.text) || src.macro == "" || depth == 0 {
			return false
		}
		depth--
	}
}

// scanSingle takes a string in single quotes, in which no character is special.
func (r *reader) scanSingle(src *source, b *strings.Builder) {
	end := strings.IndexByte(src.text[src.off+1:], '\'')
	if end < 0 {
		r.unterminated(src)
		return
	}
	b.WriteString(src.advance(end + 2)[1 : end+1])
}

// scanDouble takes a string in double quotes and resolves its escapes.
func (r *reader) scanDouble(src *source, b *strings.Builder) {
	end := closingQuote(src.text[src.off+1:])
	if end < 0 {
		r.unterminated(src)
		return
	}
	if pos := src.pos(); strings.Contains(src.text[src.off:src.off+end+1], "\n") {
		r.longString = pos
	}
	unescape(b, src.advance(end + 2)[1:end+1])
}

// closingQuote finds the double quote that no backslash stands before; -1 if there is none.
func closingQuote(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// unterminated reports a string without end and goes on behind the line where it begins.
func (r *reader) unterminated(src *source) {
	hint := ""
	if r.longString.Line > 0 {
		hint = "is a quote missing in the string that begins at " + r.longString.String() + "?"
	}
	r.fail(src.pos(), "string without closing "+src.text[src.off:src.off+1], hint)
	src.restOfLine()
}

var simpleEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', '\\': '\\', '"': '"'}

// unescape writes a string with its escapes resolved. A backslash before
// anything that is no escape stays, and one at the end of a line joins the lines.
func unescape(b *strings.Builder, s string) {
	for len(s) > 0 {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			return
		}
		b.WriteString(s[:i])
		s = s[i:]
		s = s[unescapeOne(b, s):]
	}
}

// unescapeOne resolves the escape that s begins with and gives its length.
func unescapeOne(b *strings.Builder, s string) int {
	if c, ok := simpleEscapes[s[1]]; ok {
		b.WriteByte(c)
		return 2
	}
	if s[1] == '\n' {
		return 2
	}
	if n := escapedNumber(s[1:]); n > 0 {
		base, digits := 8, s[1:1+n]
		if s[1] == 'x' {
			base, digits = 16, digits[1:]
		}
		value, _ := strconv.ParseUint(digits, base, 8)
		b.WriteByte(byte(value))
		return 1 + n
	}
	b.WriteByte('\\')
	return 1
}

// escapedNumber is the length of \xH, \xHH, \OO or \OOO without the backslash; 0 if s is none.
func escapedNumber(s string) int {
	if s[0] == 'x' {
		n := countDigits(s[1:], 2, 16)
		if n == 0 {
			return 0
		}
		return 1 + n
	}
	most := 2
	if s[0] <= '3' {
		most = 3
	}
	n := countDigits(s, most, 8)
	if n < 2 {
		return 0
	}
	return n
}

// countDigits counts the digits of a base that s begins with, up to most.
func countDigits(s string, most, base int) int {
	n := 0
	for n < most && n < len(s) && onlyDigits(s[n:n+1], base) {
		n++
	}
	return n
}
