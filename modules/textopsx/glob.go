package textopsx

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var globFuncs = funcs{
	{Name: "fnmatch", Args: "text str, pattern str", Returns: kemi.Code, Call: (*state).fnmatch, Doc: "compares a text with a shell pattern (* ? [a-z]): 0 if it fits, else -1"},
	{Name: "fnmatch_ex", Args: "text str, pattern str, flags str", Returns: kemi.Code, Call: (*state).fnmatch, Doc: "fnmatch; the flags have no effect, as in the incumbent"},
}

func (s *state) fnmatch(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if matchGlob(a.Str(1), a.Str(0)) {
		return zero
	}
	return no
}

// matchGlob compares byte by byte. On a mismatch it goes back to the last star only, so it takes no more than the product
// of both lengths.
func matchGlob(pattern, text string) bool {
	star, retry := -1, 0
	p, t := 0, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			star, retry = p, t
			p++
			continue
		}
		if n := matchOne(pattern[p:], text[t]); n > 0 {
			p += n
			t++
			continue
		}
		if star < 0 {
			return false
		}
		retry++
		p, t = star+1, retry
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne compares one byte with the element that a pattern begins with and gives the element's length, 0 for a mismatch.
func matchOne(pattern string, b byte) int {
	if pattern == "" {
		return 0
	}
	switch pattern[0] {
	case '?':
		return 1
	case '\\':
		if len(pattern) > 1 && pattern[1] == b {
			return 2
		}
		return 0
	case '[':
		if set, n := readSet(pattern); n > 0 {
			if set.has(b) {
				return n
			}
			return 0
		}
	}
	if pattern[0] == b {
		return 1
	}
	return 0
}

// byteSet is a bracket expression.
type byteSet struct {
	negative bool
	bytes    [256]bool
}

func (s *byteSet) has(b byte) bool { return s.bytes[b] != s.negative }

// readSet reads a bracket expression and gives its length, 0 if it is not closed: the bracket stands for itself then.
func readSet(pattern string) (s byteSet, n int) {
	i := 1
	if i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^') {
		s.negative = true
		i++
	}
	for first := true; i < len(pattern); first = false {
		if pattern[i] == ']' && !first {
			return s, i + 1
		}
		if strings.HasPrefix(pattern[i:], "[:") {
			if end := strings.Index(pattern[i+2:], ":]"); end >= 0 {
				s.addClass(pattern[i+2 : i+2+end])
				i += end + len("[::]")
				continue
			}
		}
		i += s.addRange(pattern[i:])
	}
	return s, 0
}

// addRange takes a byte or a range of bytes in and gives its length.
func (s *byteSet) addRange(pattern string) int {
	low, n := setByte(pattern)
	if len(pattern) > n+1 && pattern[n] == '-' && pattern[n+1] != ']' {
		high, m := setByte(pattern[n+1:])
		for b := int(low); b <= int(high); b++ {
			s.bytes[b] = true
		}
		return n + 1 + m
	}
	s.bytes[low] = true
	return n
}

// setByte is the first byte in a bracket expression, which a backslash may stand before.
func setByte(pattern string) (b byte, n int) {
	if pattern[0] == '\\' && len(pattern) > 1 {
		return pattern[1], 2
	}
	return pattern[0], 1
}

// classes are the character classes of POSIX, for ASCII; a class of another name has no members.
var classes = map[string]func(b byte) bool{
	"alpha":  isAlpha,
	"digit":  isDigit,
	"alnum":  func(b byte) bool { return isAlpha(b) || isDigit(b) },
	"upper":  func(b byte) bool { return b-'A' < 26 },
	"lower":  func(b byte) bool { return b-'a' < 26 },
	"space":  func(b byte) bool { return b == ' ' || b-'\t' < 5 },
	"blank":  func(b byte) bool { return b == ' ' || b == '\t' },
	"punct":  func(b byte) bool { return b > ' ' && b < 0x7f && !isAlpha(b) && !isDigit(b) },
	"print":  func(b byte) bool { return b >= ' ' && b < 0x7f },
	"graph":  func(b byte) bool { return b > ' ' && b < 0x7f },
	"cntrl":  func(b byte) bool { return b < ' ' || b == 0x7f },
	"xdigit": func(b byte) bool { return isDigit(b) || b|0x20-'a' < 6 },
}

func isAlpha(b byte) bool { return b|0x20-'a' < 26 }
func isDigit(b byte) bool { return b-'0' < 10 }

func (s *byteSet) addClass(name string) {
	fits := classes[name]
	if fits == nil {
		return
	}
	for b := range 256 {
		if fits(byte(b)) {
			s.bytes[b] = true
		}
	}
}
