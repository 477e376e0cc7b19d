package textops

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/kemi"
)

// subst is a compiled expression /pattern/replacement/flags.
type subst struct {
	re    *regexp.Regexp
	parts []substPart // of the replacement
	all   bool
	err   error
}

// substPart is a piece of a replacement: a text, a group of the match, or a variable.
type substPart struct {
	text  string
	group int // -1: none
	v     *kemi.Variable
}

var errSubst = errors.New("want /pattern/replacement/flags with the flags g, i and s")

// maxSubsts bounds the compiled expressions that are kept.
const maxSubsts = 512

// substCache keeps compiled expressions: scripts use the same few again and again.
type substCache struct {
	mu   sync.RWMutex
	seen map[string]*subst
}

// subst compiles an expression; nil is a bad one, of which the log tells.
func (s *state) subst(c *kemi.Ctx, function, text string) *subst {
	x := s.compiled(text)
	if x.err != nil {
		c.Misuse("textops."+function, fmt.Sprintf("%q: %v", text, x.err))
		return nil
	}
	return x
}

func (s *state) compiled(text string) *subst {
	s.substs.mu.RLock()
	x := s.substs.seen[text]
	s.substs.mu.RUnlock()
	if x != nil {
		return x
	}
	text = strings.Clone(text)
	x = s.compile(text)
	s.substs.mu.Lock()
	defer s.substs.mu.Unlock()
	if s.substs.seen == nil || len(s.substs.seen) >= maxSubsts {
		s.substs.seen = map[string]*subst{}
	}
	s.substs.seen[text] = x
	return x
}

// compile reads an expression; its first character separates the three fields.
func (s *state) compile(text string) *subst {
	x := new(subst)
	if text == "" {
		x.err = errSubst
		return x
	}
	sep, rest := text[0], text[1:]
	i := unescaped(rest, sep)
	if i < 0 {
		x.err = errSubst
		return x
	}
	pattern, rest := rest[:i], rest[i+1:]
	j := unescaped(rest, sep)
	if j < 0 {
		x.err = errSubst
		return x
	}
	flags, ok := x.flags(rest[j+1:])
	if !ok {
		x.err = errSubst
		return x
	}
	if x.re, x.err = regex.Compile(pattern, flags); x.err == nil {
		x.parts, x.err = s.replacement(rest[:j], sep)
	}
	return x
}

// unescaped is the place of the first separator without a backslash before it, or -1.
func unescaped(text string, sep byte) int {
	for i := range len(text) {
		if text[i] == sep && (i == 0 || text[i-1] != '\\') {
			return i
		}
	}
	return -1
}

func (x *subst) flags(text string) (f regex.Flags, ok bool) {
	f = regex.Lines
	for i := range len(text) {
		switch text[i] {
		case 'i':
			f |= regex.FoldCase
		case 's':
			f &^= regex.Lines
		case 'g':
			x.all = true
		default:
			return 0, false
		}
	}
	return f, true
}

// replacement cuts a replacement into its parts.
func (s *state) replacement(text string, sep byte) (parts []substPart, err error) {
	var literal []byte
	flush := func() {
		if len(literal) > 0 {
			parts = append(parts, substPart{text: string(literal), group: -1})
			literal = nil
		}
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			if b := text[i]; b-'0' < 10 {
				flush()
				parts = append(parts, substPart{group: int(b - '0')})
			} else {
				literal = append(literal, unescape(b, sep)...)
			}
		case text[i] == '$':
			n := variableEnd(text[i:])
			v := s.variable(text[i : i+n])
			if v == nil {
				return nil, fmt.Errorf("%s is no variable", text[i:i+n])
			}
			flush()
			parts = append(parts, substPart{group: -1, v: v})
			i += n - 1
		default:
			literal = append(literal, text[i])
		}
	}
	flush()
	return parts, nil
}

func (s *state) variable(text string) *kemi.Variable {
	if s.srv == nil {
		return nil
	}
	return s.srv.Registry.FindVar(text)
}

// unescape is what a backslash and a character stand for in a replacement.
func unescape(b, sep byte) string {
	switch b {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '\\', '$', sep:
		return string(rune(b))
	}
	return "\\" + string(rune(b))
}

// variableEnd is the length of the variable that a text begins with: $name, $name(inner) or $(…).
func variableEnd(text string) int {
	i := 1
	for i < len(text) && (isAlnum(text[i]) || text[i] == '_' || text[i] == '.' || text[i] == '?') {
		i++
	}
	if i == len(text) || text[i] != '(' {
		return max(i, min(2, len(text)))
	}
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

func isAlnum(b byte) bool { return b-'0' < 10 || (b|0x20)-'a' < 26 }

// change is a part of a text and what takes its place.
type change struct {
	from, to int
	text     string
}

// changes finds what an expression changes in a text. Empty matches change nothing.
func (x *subst) changes(c *kemi.Ctx, text string) (list []change) {
	n := 1
	if x.all {
		n = -1
	}
	for _, match := range x.re.FindAllStringSubmatchIndex(text, n) {
		if match[0] < match[1] {
			list = append(list, change{match[0], match[1], x.expand(c, text, match)})
		}
	}
	return list
}

func (x *subst) expand(c *kemi.Ctx, text string, match []int) string {
	if len(x.parts) == 1 && x.parts[0].v == nil && x.parts[0].group < 0 {
		return x.parts[0].text
	}
	var out []byte
	for i := range x.parts {
		p := &x.parts[i]
		switch {
		case p.v != nil:
			if value := p.v.Get(c); !value.IsNull() {
				out = value.AppendText(out)
			}
		case p.group < 0:
			out = append(out, p.text...)
		case 2*p.group < len(match) && match[2*p.group] >= 0:
			out = append(out, text[match[2*p.group]:match[2*p.group+1]]...)
		}
	}
	return string(out)
}

// apply gives the changed text; ok is false if nothing matched.
func (x *subst) apply(c *kemi.Ctx, text string) (changed string, ok bool) {
	list := x.changes(c, text)
	if len(list) == 0 {
		return text, false
	}
	out, from := make([]byte, 0, len(text)+32), 0
	for _, ch := range list {
		out = append(append(out, text[from:ch.from]...), ch.text...)
		from = ch.to
	}
	return string(append(out, text[from:]...)), true
}
