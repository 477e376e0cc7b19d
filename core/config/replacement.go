package config

import (
	"errors"
	"strings"
)

// parseReplacement splits a replacement into pieces: \0 to \9 are groups, \n, \r and \t
// control characters, $env(NAME) and $def(NAME) values, $$ a dollar.
func (r *reader) parseReplacement(s string, separator byte) ([]piece, error) {
	var list []piece
	var text strings.Builder
	for len(s) > 0 {
		i := strings.IndexAny(s, `\$`)
		if i < 0 || i+1 == len(s) {
			break
		}
		text.WriteString(s[:i])
		s = s[i:]
		if s[0] == '\\' && isDigit(s[1]) {
			list = append(list, piece{text: text.String(), group: -1}, piece{group: int(s[1] - '0')})
			text.Reset()
			s = s[2:]
			continue
		}
		n, err := r.replacementText(&text, s, separator)
		if err != nil {
			return nil, err
		}
		s = s[n:]
	}
	text.WriteString(s)
	return append(list, piece{text: text.String(), group: -1}), nil
}

// replacementText writes what an escape or a variable stands for and gives its length.
func (r *reader) replacementText(b *strings.Builder, s string, separator byte) (int, error) {
	if s[0] == '$' {
		value, n := r.variable(s)
		if n == 0 {
			return 0, errors.New("unknown variable in the replacement: " + shorten(s))
		}
		b.WriteString(value)
		return n, nil
	}
	c := s[1]
	if e, ok := simpleEscapes[c]; ok && c != '"' && c != 'a' {
		c = e
	} else if c != separator {
		b.WriteByte('\\')
	}
	b.WriteByte(c)
	return 2, nil
}

// joinText is the text of a replacement without its groups.
func joinText(list []piece) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.text)
	}
	return b.String()
}

// variable gives the value of the variable that s begins with, and its length: $env(NAME),
// $def(NAME), $defn(NAME) or $$, the ones known before the server runs. n is 0 for others.
func (r *reader) variable(s string) (value string, n int) {
	if strings.HasPrefix(s, "$$") {
		return "$", 2
	}
	for _, kind := range []string{"$env(", "$def(", "$defn("} {
		rest, ok := strings.CutPrefix(s, kind)
		if !ok {
			continue
		}
		name, _, closed := strings.Cut(rest, ")")
		if !closed {
			return "", 0
		}
		if kind == "$env(" {
			value, _ = r.opts.Env(name)
		} else {
			value, _ = r.defines.get(name)
		}
		return value, len(kind) + len(name) + 1
	}
	return "", 0
}

// expandVariables puts values for the variables known before the server runs; others stay.
func (r *reader) expandVariables(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 || b.Len() > maxString {
			return b.String() + s
		}
		b.WriteString(s[:i])
		s = s[i:]
		value, n := r.variable(s)
		if n == 0 {
			value, n = "$", 1
		}
		b.WriteString(value)
		s = s[n:]
	}
}
