package pcre

import "strings"

// posixClasses are the names in [:name:], as pairs of the first and the last byte.
var posixClasses = map[string]string{
	"alpha": "AZaz", "digit": "09", "alnum": "09AZaz", "upper": "AZ", "lower": "az", "space": "\t\r  ", "blank": "\t\t  ",
	"punct": "!/:@[`{~", "print": " ~", "graph": "!~", "cntrl": "\x00\x1f\x7f\x7f", "xdigit": "09AFaf", "word": "09AZ__az", "ascii": "\x00\x7f",
}

// escapedSets are \d, \w and their kin in the same way; the upper case letter is the other bytes.
var escapedSets = map[byte]string{'d': "09", 'w': "09AZ__az", 's': "\t\r  ", 'h': "\t\t  \xa0\xa0", 'v': "\n\r\x85\x85"}

// ranges writes pairs of bytes in rising order, or the bytes between them, as they stand in brackets.
func ranges(pairs string, others bool) string {
	text, next := "", 0
	add := func(from, to int) {
		if from <= to {
			text += literal(byte(from)) + "-" + literal(byte(to))
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		from, to := int(pairs[i]), int(pairs[i+1])
		if others {
			add(next, from-1)
		} else {
			add(from, to)
		}
		next = to + 1
	}
	if others {
		add(next, 0xff)
	}
	return text
}

// class reads a bracket expression.
func (t *translator) class() error {
	begin := len(t.out)
	t.at++
	t.out = append(t.out, '[')
	if t.take("^") {
		t.out = append(t.out, '^')
	}
	for first := true; first || t.peek() != ']'; first = false {
		if !t.more() {
			return fail("missing terminating ] for character class")
		}
		if err := t.classItem(); err != nil {
			return err
		}
	}
	t.at++
	t.out, t.atom, t.repeated = append(t.out, ']'), begin, false
	return nil
}

// classItem reads a byte, a range or a named set.
func (t *translator) classItem() error {
	switch {
	case t.take(`\Q`):
		return t.quoted()
	case t.take(`\E`):
		return nil
	}
	text, from, single, err := t.classAtom()
	if err != nil {
		return err
	}
	if single {
		text = literal(from)
	}
	t.out = append(t.out, text...)
	if !single || t.peek() != '-' || strings.HasPrefix(t.in[t.at:], "-]") {
		return nil
	}
	t.at++
	return t.rangeEnd(from)
}

// rangeEnd reads what is behind the hyphen: [a-\d] is an a, a hyphen and digits.
func (t *translator) rangeEnd(from byte) error {
	text, to, single, err := t.classAtom()
	switch {
	case err != nil:
		return err
	case !single:
		text = literal('-') + text
	case to < from:
		return fail("range out of order in character class")
	default:
		text = "-" + literal(to)
	}
	t.out = append(t.out, text...)
	return nil
}

// classAtom reads one byte, or a named set as it stands in brackets.
func (t *translator) classAtom() (text string, b byte, single bool, err error) {
	if !t.more() {
		return "", 0, false, fail("missing terminating ] for character class")
	}
	if text, err = t.posix(); text != "" || err != nil {
		return text, 0, false, err
	}
	b = t.peek()
	t.at++
	if b != '\\' {
		return "", b, true, nil
	}
	letter := t.peek()
	switch {
	case !t.more():
		return "", 0, false, fail(`\ at end of pattern`)
	case letter == 'b':
		t.at++
		return "", '\b', true, nil
	}
	return t.setOrByte()
}

// setOrByte reads an escape that is the same inside brackets and outside; the place is behind the backslash.
func (t *translator) setOrByte() (text string, b byte, single bool, err error) {
	letter := t.peek()
	if pairs, ok := escapedSets[letter|0x20]; ok {
		t.at++
		return ranges(pairs, letter < 'a'), 0, false, nil
	}
	if letter|0x20 == 'p' {
		t.at++
		return t.property(letter), 0, false, nil
	}
	b, err = t.byteEscape()
	return "", b, true, err
}

// property reads \p{L}, \pL and \p{^L}; the engine knows the names.
func (t *translator) property(letter byte) string {
	name := ""
	if t.take("{") {
		name, _ = t.until("}")
	} else if t.more() {
		name = t.in[t.at : t.at+1]
		t.at++
	}
	if strings.HasPrefix(name, "^") {
		name, letter = name[1:], letter^0x20
	}
	return `\` + string(rune(letter)) + "{" + name + "}"
}

// posix reads [:name:] and [:^name:]; a bracket without its end is no name.
func (t *translator) posix() (string, error) {
	inside, _, closed := strings.Cut(t.in[t.at:], ":]")
	if !closed || !strings.HasPrefix(inside, "[:") || strings.ContainsAny(inside, `]\`) {
		return "", nil
	}
	name, negative := strings.CutPrefix(inside[2:], "^")
	pairs, ok := posixClasses[name]
	if !ok {
		return "", fail("unknown POSIX class name")
	}
	t.at += len(inside) + 2
	return ranges(pairs, negative), nil
}
