package pcre

import "unicode"

// set is a set of bytes.
type set [4]uint64

func (s *set) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *set) has(b byte) bool { return s[b>>6]&(1<<(b&63)) != 0 }

func (s *set) addRange(from, to byte) {
	for b := int(from); b <= int(to); b++ {
		s.add(byte(b))
	}
}

func (s *set) addSet(o *set) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *set) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// fold adds the other case of each ASCII letter.
func (s *set) fold() {
	for b := byte('a'); b <= 'z'; b++ {
		if s.has(b) || s.has(b-'a'+'A') {
			s.add(b)
			s.add(b - 'a' + 'A')
		}
	}
}

// setOf is a set of single bytes and of pairs: "az" in ranges is all from a to z.
func setOf(singles, ranges string) (s set) {
	for i := range len(singles) {
		s.add(singles[i])
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		s.addRange(ranges[i], ranges[i+1])
	}
	return s
}

// escapeSet is the set of \d, \w and their kin; the upper case letter is the other bytes.
func escapeSet(letter byte) (s set, ok bool) {
	switch letter | 0x20 {
	case 'd':
		s = setOf("", "09")
	case 'w':
		s = setOf("_", "09azAZ")
	case 's':
		s = setOf(" ", "\t\r")
	case 'h':
		s = setOf(" \t\xa0", "")
	case 'v':
		s = setOf("\x85", "\n\r")
	case 'n':
		if letter == 'n' {
			return s, false
		}
		s = setOf("\n", "")
	default:
		return s, false
	}
	if letter < 'a' {
		s.invert()
	}
	return s, true
}

// posixSet is the set of a name in [:name:].
func posixSet(name string) (s set, ok bool) {
	switch name {
	case "alpha":
		return setOf("", "azAZ"), true
	case "digit":
		return setOf("", "09"), true
	case "alnum":
		return setOf("", "09azAZ"), true
	case "upper":
		return setOf("", "AZ"), true
	case "lower":
		return setOf("", "az"), true
	case "space":
		return setOf(" ", "\t\r"), true
	case "blank":
		return setOf(" \t", ""), true
	case "punct":
		return setOf("", "!/:@[`{~"), true
	case "print":
		return setOf("", " ~"), true
	case "graph":
		return setOf("", "!~"), true
	case "cntrl":
		return setOf("\x7f", "\x00\x1f"), true
	case "xdigit":
		return setOf("", "09afAF"), true
	case "word":
		return setOf("_", "09azAZ"), true
	case "ascii":
		return setOf("", "\x00\x7f"), true
	}
	return s, false
}

// propertySet is the set of a Unicode category or script in \p{name}, of the characters that are one byte in Latin-1.
func propertySet(name string) (s set, ok bool) {
	table := unicode.Categories[name]
	if table == nil {
		table = unicode.Scripts[name]
	}
	if table == nil && name != "Any" {
		return s, false
	}
	for r := range rune(256) {
		if table == nil || unicode.Is(table, r) {
			s.add(byte(r))
		}
	}
	return s, true
}
