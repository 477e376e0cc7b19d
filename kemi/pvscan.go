package kemi

import "strings"

// Bounds of one variable's text.
const (
	maxVarText = 4096
	maxChain   = 32 // transformations of one variable
)

// varSyntax is a variable cut into its parts: $name, $name(inner) or $(name(inner)[index]{transformation}).
type varSyntax struct {
	name               string
	inner, index       string
	hasInner, hasIndex bool
	chain              []tranStep
	end                int // length of the whole
}

// scan cuts the variable that a text begins with. Parsing transformations needs the
// registry, since each one's arguments have their own grammar.
func (r *Registry) scan(text string) (p varSyntax, err error) {
	if len(text) < 2 || text[0] != '$' {
		return p, errNoVariable
	}
	switch text[1] {
	case '$':
		return varSyntax{name: "$", end: 2}, nil
	case '(':
		return r.scanLong(text)
	}
	s := scanner{text: text, at: 1}
	if p.name = s.name(); p.name == "" {
		return p, errNoVariable
	}
	if s.peek() == '(' {
		p.hasInner = true
		if p.inner, err = s.enclosed('(', ')'); err != nil {
			return p, err
		}
	}
	p.end = s.at
	return p, nil
}

// scanLong cuts the form in parentheses.
func (r *Registry) scanLong(text string) (p varSyntax, err error) {
	s := scanner{text: text, at: 2}
	if p.name = s.name(); p.name == "" {
		return p, errNoVariable
	}
	if s.peek() == '(' {
		p.hasInner = true
		if p.inner, err = s.enclosed('(', ')'); err != nil {
			return p, err
		}
	}
	if s.peek() == '[' {
		p.hasIndex = true
		if p.index, err = s.enclosed('[', ']'); err != nil {
			return p, err
		}
	}
	if s.peek() == '{' {
		if p.chain, err = r.scanChain(&s); err != nil {
			return p, err
		}
	}
	if s.peek() != ')' {
		return p, errNoVariable
	}
	p.end = s.at + 1
	return p, nil
}

// scanner reads a text from left to right.
type scanner struct {
	text string
	at   int
}

// peek is the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// name takes a name; it may be empty.
func (s *scanner) name() string {
	from := s.at
	for s.at < len(s.text) && nameByte(s.text[s.at]) {
		s.at++
	}
	return s.text[from:s.at]
}

// blanks skips blanks.
func (s *scanner) blanks() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// enclosed takes what stands between a pair of brackets, which may nest.
func (s *scanner) enclosed(open, close byte) (string, error) {
	depth, from := 0, s.at+1
	for ; s.at < len(s.text) && s.at-from < maxVarText; s.at++ {
		switch s.text[s.at] {
		case open:
			depth++
		case close:
			if depth--; depth == 0 {
				s.at++
				return s.text[from : s.at-1], nil
			}
		}
	}
	return "", errNoVariable
}

func nameByte(b byte) bool {
	return b-'0' < 10 || (b|0x20)-'a' < 26 || b == '_' || b == '.' || b == '?'
}
