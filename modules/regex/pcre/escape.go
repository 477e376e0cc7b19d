package pcre

import (
	"strconv"
	"strings"
)

// simpleEscapes are letters that stand for one byte.
var simpleEscapes = map[byte]byte{'a': 7, 'e': 27, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapeAsserts are letters that stand for a condition on the place.
var escapeAsserts = map[byte]assertion{'A': textStart, 'G': textStart, 'Z': lastLine, 'z': textEnd, 'b': wordEdge, 'B': noWordEdge}

// escape reads a backslash and what follows.
func (p *parser) escape() (*node, error) {
	start := p.at
	p.at++
	if !p.more() {
		return nil, p.fail(start, `\ at end of pattern`)
	}
	b := p.peek()
	if s, ok := escapeSet(b); ok {
		p.at++
		return &node{kind: nodeSet, set: s}, nil
	}
	if a, ok := escapeAsserts[b]; ok {
		p.at++
		return &node{kind: nodeAssert, assert: a}, nil
	}
	switch b {
	case 'K': // it moves the start of the match, which nobody asks for
		p.at++
		return &node{kind: nodeEmpty}, nil
	case 'R':
		p.at++
		return lineBreak(), nil
	case 'p', 'P':
		return p.property()
	case 'g', 'k':
		return p.reference(start)
	}
	if b-'1' < 9 {
		if n := p.backNumber(start); n != nil {
			return n, nil
		}
	}
	b, err := p.escapedByte(start)
	if err != nil {
		return nil, err
	}
	return p.literal(b), nil
}

// lineBreak is \R: any line end, and CR LF as one.
func lineBreak() *node {
	cr, lf := &node{kind: nodeSet, set: setOf("\r", "")}, &node{kind: nodeSet, set: setOf("\n", "")}
	any := &node{kind: nodeSet, set: setOf("\x85", "\n\r")}
	crlf := &node{kind: nodeConcat, subs: []*node{cr, lf}}
	return &node{kind: nodeAtomic, subs: []*node{{kind: nodeAlternate, subs: []*node{crlf, any}}}}
}

// escapedByte reads the escape of one byte; the place is behind the backslash.
func (p *parser) escapedByte(start int) (byte, error) {
	b := p.peek()
	if c, ok := simpleEscapes[b]; ok {
		p.at++
		return c, nil
	}
	switch {
	case b == 'x':
		return p.hex(start)
	case b == 'o':
		p.at++
		return p.braced(start, 8)
	case b == 'c':
		p.at++
		if !p.more() {
			return 0, p.fail(start, `\c at end of pattern`)
		}
		c := p.peek()
		p.at++
		return strings.ToUpper(string(rune(c & 0x7f)))[0] ^ 64, nil
	case b-'0' < 8:
		return p.number(8, 3), nil
	case (b|0x20)-'a' < 26 && strings.IndexByte("CXLlNUu", b) >= 0:
		return 0, p.fail(start, `\`+string(rune(b))+" is not supported")
	}
	p.at++
	return b, nil
}

// hex reads \xhh and \x{hh}.
func (p *parser) hex(start int) (byte, error) {
	p.at++
	if p.peek() == '{' {
		return p.braced(start, 16)
	}
	return p.number(16, 2), nil
}

// number reads up to so many digits; of a number above 255 the low byte counts.
func (p *parser) number(base, most int) byte {
	n := 0
	for i := 0; i < most && p.more(); i++ {
		d, err := strconv.ParseUint(p.text[p.at:p.at+1], base, 8)
		if err != nil {
			break
		}
		n = n*base + int(d)
		p.at++
	}
	return byte(n)
}

func (p *parser) braced(start, base int) (byte, error) {
	if !p.take("{") {
		return 0, p.fail(start, "missing opening brace")
	}
	text, _ := p.until("}")
	n, err := strconv.ParseUint(text, base, 8)
	if err != nil {
		return 0, p.fail(start, "not the code of a byte: {"+text+"}")
	}
	return byte(n), nil
}

// property reads \p{L}, \pL, \P{L} and \p{^L}.
func (p *parser) property() (*node, error) {
	start := p.at - 1
	negative := p.peek() == 'P'
	p.at++
	name := ""
	if p.take("{") {
		name, _ = p.until("}")
	} else if p.more() {
		name = p.text[p.at : p.at+1]
		p.at++
	}
	if strings.HasPrefix(name, "^") {
		name, negative = name[1:], !negative
	}
	s, ok := propertySet(name)
	if !ok {
		return nil, p.fail(start, `unknown property name after \p`)
	}
	if negative {
		s.invert()
	}
	return &node{kind: nodeSet, set: s}, nil
}

// reference reads \g1, \g{-1}, \g{name}, \k<name>, \k'name' and \k{name}.
func (p *parser) reference(start int) (*node, error) {
	letter := p.peek()
	p.at++
	if letter == 'g' && p.peek() != '{' {
		if n := p.backNumber(start); n != nil {
			return n, nil
		}
		return nil, p.fail(start, `\g is not followed by a number or a name in braces`)
	}
	i := strings.IndexByte("{<'", p.peek())
	if !p.more() || i < 0 {
		return nil, p.fail(start, `\k is not followed by a name`)
	}
	p.at++
	end := "}>'"[i : i+1]
	if letter == 'g' {
		text, _ := p.until(end)
		if n, err := strconv.Atoi(text); err == nil {
			if n < 0 {
				n += p.groups + 1
			}
			return p.back(start, n, ""), nil
		}
		return p.back(start, 0, text), nil
	}
	return p.backName(start, end)
}

func (p *parser) backName(start int, end string) (*node, error) {
	name, closed := p.until(end)
	if !closed || !validName(name) {
		return nil, p.fail(start, "bad name of a group")
	}
	return p.back(start, 0, name), nil
}

// backNumber reads the number of a back reference. A number above 9 that is no group yet is nil: an octal code.
func (p *parser) backNumber(start int) *node {
	end := p.at
	for end < len(p.text) && p.text[end]-'0' < 10 {
		end++
	}
	n, err := strconv.Atoi(p.text[p.at:end])
	if err != nil || n > 9 && n > p.groups {
		return nil
	}
	p.at = end
	return p.back(start, n, "")
}

func (p *parser) back(start, group int, name string) *node {
	n := &node{kind: nodeBack, group: group, fold: p.flags&FoldCase != 0, at: start}
	p.backs, p.named, p.hasBack = append(p.backs, n), append(p.named, name), true
	return n
}
