package textops

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/kemi"
)

// expression is a substitution, /pattern/replacement/flags; any other character may stand for the slash.
//
// In the replacement \0 to \9 are the match and its groups, \u is the request URI, \n, \r and \t are control characters
// and variables have their values. The flags are i (either case), g (all matches) and s (the text is one line).
type expression struct {
	re     *regexp.Regexp
	global bool
	parts  []piece
}

// piece is one part of a replacement.
type piece struct {
	text  string
	group int            // the group whose match stands here; -1: none
	uri   bool           // the request URI
	v     *kemi.Variable // the variable whose value stands here; nil: none
}

var (
	errExpression = errors.New("a substitution is /pattern/replacement/flags")
	errNotStarted = errors.New("variables are not known before the start")
	errFlags      = errors.New("the flags of a substitution are i, g and s")
)

// parse reads a substitution.
func (s *state) parse(text string) (e *expression, err error) {
	if len(text) < 4 || text[0] == '\\' {
		return nil, errExpression
	}
	delimiter, rest := text[0], text[1:]
	end := patternEnd(rest, delimiter)
	if end <= 0 {
		return nil, errExpression
	}
	pattern := rest[:end]
	e = new(expression)
	if e.parts, rest, err = s.parseReplacement(rest[end+1:], delimiter); err != nil {
		return nil, err
	}
	flags := regex.Lines
	for _, f := range rest {
		switch f {
		case 'i':
			flags |= regex.FoldCase
		case 's':
			flags &^= regex.Lines
		case 'g':
			e.global = true
		default:
			return nil, errFlags
		}
	}
	if e.re, err = s.patterns.Get(pattern, flags); err != nil {
		return nil, err
	}
	return e, nil
}

// patternEnd is the place of the delimiter after a pattern, or -1.
func patternEnd(text string, delimiter byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case delimiter:
			return i
		}
	}
	return -1
}

// parseReplacement reads a replacement and its delimiter, and gives what is behind.
func (s *state) parseReplacement(text string, delimiter byte) (parts []piece, rest string, err error) {
	var literal strings.Builder
	add := func(p piece) {
		parts = append(parts, piece{text: literal.String(), group: -1}, p)
		literal.Reset()
	}
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == delimiter:
			add(piece{group: -1})
			return parts, text[i+1:], nil
		case b == '$':
			v, n, err := s.prefix(text[i:])
			if err != nil {
				return nil, "", err
			}
			add(piece{group: -1, v: v})
			i += n - 1
		case b == '\\' && i+1 < len(text):
			i++
			if p, special := escaped(text[i]); special {
				add(p)
			} else {
				literal.WriteString(p.text)
			}
		default:
			literal.WriteByte(b)
		}
	}
	return nil, "", errExpression
}

// prefix is the variable that a text begins with, and its length.
func (s *state) prefix(text string) (v *kemi.Variable, n int, err error) {
	if s.registry == nil {
		return nil, 0, errNotStarted
	}
	return s.registry.Prefix(text)
}

// escaped is what a character means after a backslash; special tells that it is not just a text.
func escaped(b byte) (p piece, special bool) {
	switch {
	case b-'0' < 10:
		return piece{group: int(b - '0')}, true
	case b == 'u':
		return piece{group: -1, uri: true}, true
	}
	if i := strings.IndexByte("nrt", b); i >= 0 {
		return piece{text: "\n\r\t"[i : i+1]}, false
	}
	return piece{text: string([]byte{b})}, false
}

// change is one place of a text and what to put there.
type change struct {
	from, to int
	text     string
}

// changes finds what the substitution changes in a text: nothing without a match. It is false for a match of nothing at
// all, which is refused, and for changes that add too much.
func (e *expression) changes(c *kemi.Ctx, text string) (list []change, ok bool) {
	limit := first
	if e.global {
		if limit = all; matchesNothing(e.re) {
			return nil, false
		}
	}
	added := 0
	for _, at := range e.re.FindAllStringSubmatchIndex(text, limit) {
		x := change{at[0], at[1], e.replacement(c, text, at)}
		if added += len(x.text); at[0] == at[1] || added > maxAdded {
			return nil, false
		}
		list = append(list, x)
	}
	return list, true
}

// replacement is the text that takes the place of a match.
func (e *expression) replacement(c *kemi.Ctx, text string, at []int) string {
	var out []byte
	for i := range e.parts {
		p := &e.parts[i]
		out = append(out, p.text...)
		switch {
		case p.v != nil:
			out = p.v.Get(c).AppendText(out)
		case p.uri:
			out = append(out, c.Msg.CurrentURI()...)
		case p.group >= 0 && 2*p.group < len(at) && at[2*p.group] >= 0:
			out = append(out, text[at[2*p.group]:at[2*p.group+1]]...)
		}
	}
	return string(out)
}

// apply gives the text with the changes made, and how many those are; -1 where changes refuses.
func (e *expression) apply(c *kemi.Ctx, text string) (result string, n int) {
	list, ok := e.changes(c, text)
	if !ok {
		return "", -1
	}
	var out []byte
	done := 0
	for _, x := range list {
		out = append(append(out, text[done:x.from]...), x.text...)
		done = x.to
	}
	return string(append(out, text[done:]...)), len(list)
}

// maxExpressions bounds the substitutions that are kept; scripts use the same few again and again.
const maxExpressions = 512

// expressions are the substitutions that scripts have used.
type expressions struct {
	mu   sync.RWMutex
	seen map[string]*expression // nil: wrong
}

// expression is a substitution; nil, with a record, if it is wrong.
func (s *state) expression(c *kemi.Ctx, text string) *expression {
	s.expressions.mu.RLock()
	e, ok := s.expressions.seen[text]
	s.expressions.mu.RUnlock()
	if ok {
		return e
	}
	text = strings.Clone(text) // it may be part of a whole message
	e, err := s.parse(text)
	if err != nil {
		c.Misuse("textops", "substitution "+text+": "+err.Error())
		e = nil
	}
	s.expressions.mu.Lock()
	defer s.expressions.mu.Unlock()
	if s.expressions.seen == nil || len(s.expressions.seen) >= maxExpressions {
		s.expressions.seen = map[string]*expression{}
	}
	s.expressions.seen[text] = e
	return e
}
