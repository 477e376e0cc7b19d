package pcre

import "strings"

// class reads a bracket expression.
func (p *parser) class() (*node, error) {
	start := p.at
	p.at++
	negative := p.take("^")
	n := &node{kind: nodeSet}
	for first := true; first || p.peek() != ']'; first = false {
		if !p.more() {
			return nil, p.fail(start, "missing terminating ] for character class")
		}
		if err := p.classItem(&n.set); err != nil {
			return nil, err
		}
	}
	p.at++
	p.folded(n)
	if negative {
		n.set.invert()
	}
	return n, nil
}

// classItem reads a byte, a range or a named set.
func (p *parser) classItem(s *set) error {
	start := p.at
	if p.take(`\Q`) {
		return p.classQuoted(s, start)
	}
	if p.take(`\E`) {
		return nil
	}
	sub, isSet, b, err := p.classAtom()
	if err != nil {
		return err
	}
	if isSet {
		s.addSet(&sub)
		return nil
	}
	if p.peek() != '-' || strings.HasPrefix(p.text[p.at:], "-]") || p.at+1 == len(p.text) {
		s.add(b)
		return nil
	}
	p.at++
	sub, isSet, to, err := p.classAtom()
	switch {
	case err != nil:
		return err
	case isSet: // [a-\d] is an a, a hyphen and digits
		s.add(b)
		s.add('-')
		s.addSet(&sub)
	case to < b:
		return p.fail(start, "range out of order in character class")
	default:
		s.addRange(b, to)
	}
	return nil
}

func (p *parser) classQuoted(s *set, start int) error {
	text, closed := p.until(`\E`)
	if !closed {
		return p.fail(start, "missing terminating ] for character class")
	}
	for i := range len(text) {
		s.add(text[i])
	}
	return nil
}

// classAtom reads one byte or one named set.
func (p *parser) classAtom() (s set, isSet bool, b byte, err error) {
	if !p.more() {
		return s, false, 0, p.fail(p.at, "missing terminating ] for character class")
	}
	start := p.at
	if strings.HasPrefix(p.text[p.at:], "[:") {
		if s, isSet, err = p.posix(); isSet || err != nil {
			return s, isSet, 0, err
		}
	}
	b = p.peek()
	p.at++
	if b != '\\' {
		return s, false, b, nil
	}
	if !p.more() {
		return s, false, 0, p.fail(start, `\ at end of pattern`)
	}
	letter := p.peek()
	if s, isSet = escapeSet(letter); isSet {
		p.at++
		return s, true, 0, nil
	}
	switch letter {
	case 'b':
		p.at++
		return s, false, '\b', nil
	case 'p', 'P':
		n, err := p.property()
		if err != nil {
			return s, false, 0, err
		}
		return n.set, true, 0, nil
	}
	b, err = p.escapedByte(start)
	return s, false, b, err
}

// posix reads [:name:] and [:^name:]; a bracket without its end is no name.
func (p *parser) posix() (s set, ok bool, err error) {
	end := strings.Index(p.text[p.at:], ":]")
	if end < 0 || strings.ContainsAny(p.text[p.at+2:p.at+end], "]\\") {
		return s, false, nil
	}
	name, negative := strings.CutPrefix(p.text[p.at+2:p.at+end], "^")
	s, ok = posixSet(name)
	if !ok {
		return s, false, p.fail(p.at, "unknown POSIX class name")
	}
	if negative {
		s.invert()
	}
	p.at += end + 2
	return s, true, nil
}
