package pcre

import (
	"strconv"
	"strings"
)

// Bounds of a pattern.
const (
	maxRepeat = 65535
	maxNest   = 250
)

// parser reads a pattern from left to right.
type parser struct {
	text    string
	at      int
	flags   Flags
	groups  int
	names   map[string]int
	backs   []*node // back references, to be checked once all groups are known
	named   []string
	hasBack bool
	depth   int
}

func (p *parser) fail(at int, text string) error { return &Error{at, text} }

func (p *parser) parse() (*node, error) {
	n, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.more() {
		return nil, p.fail(p.at, "unmatched closing parenthesis")
	}
	for i, b := range p.backs {
		if name := p.named[i]; name != "" {
			b.group = p.names[name]
		}
		if b.group == 0 || b.group > p.groups {
			return nil, p.fail(b.at, "reference to a group that does not exist")
		}
	}
	return n, nil
}

func (p *parser) more() bool { return p.at < len(p.text) }

// peek is the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.more() {
		return p.text[p.at]
	}
	return 0
}

// take steps over a prefix if it is there.
func (p *parser) take(prefix string) bool {
	if strings.HasPrefix(p.text[p.at:], prefix) {
		p.at += len(prefix)
		return true
	}
	return false
}

// until takes what stands before a terminator, and the terminator.
func (p *parser) until(end string) (string, bool) {
	i := strings.Index(p.text[p.at:], end)
	if i < 0 {
		return "", false
	}
	found := p.text[p.at : p.at+i]
	p.at += i + len(end)
	return found, true
}

// alternatives reads up to a closing parenthesis or the end.
func (p *parser) alternatives() (*node, error) {
	if p.depth++; p.depth > maxNest {
		return nil, p.fail(p.at, "parentheses are nested too deep")
	}
	defer func() { p.depth-- }()
	n := &node{kind: nodeAlternate}
	for {
		s, err := p.concat()
		if err != nil {
			return nil, err
		}
		n.subs = append(n.subs, s)
		if p.peek() != '|' {
			break
		}
		p.at++
	}
	if len(n.subs) == 1 {
		return n.subs[0], nil
	}
	return n, nil
}

func (p *parser) concat() (*node, error) {
	n := &node{kind: nodeConcat}
	for p.skip(); p.more() && p.peek() != '|' && p.peek() != ')'; p.skip() {
		s, err := p.item()
		if err != nil {
			return nil, err
		}
		if s != nil {
			n.subs = append(n.subs, s)
		}
	}
	if len(n.subs) == 0 {
		return &node{kind: nodeEmpty}, nil
	}
	return n, nil
}

// skip steps over comments, and over blanks if they do not count.
func (p *parser) skip() {
	for p.more() {
		switch {
		case p.take("(?#"):
			if _, closed := p.until(")"); !closed {
				p.at = len(p.text)
			}
		case p.flags&Extended != 0 && strings.IndexByte(" \t\n\v\f\r", p.peek()) >= 0:
			p.at++
		case p.flags&Extended != 0 && p.peek() == '#':
			if _, closed := p.until("\n"); !closed {
				p.at = len(p.text)
			}
		default:
			return
		}
	}
}

// item reads an atom and the repetition after it; nil for what matches nothing, such as (?i).
func (p *parser) item() (*node, error) {
	if p.take(`\Q`) {
		return p.quoted(), nil
	}
	if p.take(`\E`) {
		return nil, nil
	}
	n, err := p.atom()
	if err != nil || n == nil {
		return nil, err
	}
	return p.repeated(n)
}

// quoted reads up to \E. A repetition after it belongs to the last byte.
func (p *parser) quoted() *node {
	text, closed := p.until(`\E`)
	if !closed {
		text = p.text[p.at:]
		p.at = len(p.text)
	}
	n := &node{kind: nodeConcat}
	for i := range len(text) {
		n.subs = append(n.subs, p.literal(text[i]))
	}
	if len(text) == 0 {
		return nil
	}
	last := len(n.subs) - 1
	if r, err := p.repeated(n.subs[last]); err == nil {
		n.subs[last] = r
	}
	return n
}

func (p *parser) literal(b byte) *node {
	n := &node{kind: nodeSet}
	n.set.add(b)
	return p.folded(n)
}

func (p *parser) folded(n *node) *node {
	if p.flags&FoldCase != 0 {
		n.set.fold()
	}
	return n
}

func (p *parser) atom() (*node, error) {
	b := p.peek()
	switch b {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, p.fail(p.at, "nothing to repeat")
	}
	p.at++
	switch b {
	case '.':
		n := &node{kind: nodeSet}
		if p.flags&DotAll == 0 {
			n.set.add('\n')
		}
		n.set.invert()
		return n, nil
	case '^':
		return p.lineAssert(textStart, lineStart), nil
	case '$':
		return p.lineAssert(lastLine, lineEnd), nil
	}
	return p.literal(b), nil
}

func (p *parser) lineAssert(whole, line assertion) *node {
	if p.flags&MultiLine != 0 {
		whole = line
	}
	return &node{kind: nodeAssert, assert: whole}
}

// repeated reads the repetitions after an atom.
func (p *parser) repeated(n *node) (*node, error) {
	for {
		p.skip()
		least, most, ok, err := p.times()
		if err != nil || !ok {
			return n, err
		}
		n = &node{kind: nodeRepeat, subs: []*node{n}, min: least, max: most, lazy: p.flags&ungreedy != 0}
		switch {
		case p.take("?"):
			n.lazy = !n.lazy
		case p.take("+"):
			n.lazy = false
			n = &node{kind: nodeAtomic, subs: []*node{n}}
		}
	}
}

// times reads *, +, ? or {n,m}. A brace that is none of it stands for itself.
func (p *parser) times() (least, most int, ok bool, err error) {
	switch p.peek() {
	case '*':
		p.at++
		return 0, -1, true, nil
	case '+':
		p.at++
		return 1, -1, true, nil
	case '?':
		p.at++
		return 0, 1, true, nil
	case '{':
		return p.braces()
	}
	return 0, 0, false, nil
}

func (p *parser) braces() (least, most int, ok bool, err error) {
	start := p.at
	p.at++
	inside, closed := p.until("}")
	low, high, comma := strings.Cut(inside, ",")
	if !closed || !digits(low) || high != "" && !digits(high) {
		p.at = start
		return 0, 0, false, nil
	}
	least, errLow := strconv.Atoi(low)
	most = least
	var errHigh error
	switch {
	case comma && high == "":
		most = -1
	case comma:
		most, errHigh = strconv.Atoi(high)
	}
	if errLow != nil || errHigh != nil || least > maxRepeat || most > maxRepeat {
		return 0, 0, false, p.fail(start, "number too big in {} quantifier")
	}
	if most >= 0 && most < least {
		return 0, 0, false, p.fail(start, "numbers out of order in {} quantifier")
	}
	return least, most, true, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}
