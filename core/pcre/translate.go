package pcre

import (
	"regexp"
	"strconv"
	"strings"
)

// Bounds of a pattern.
const (
	maxRepeat = 65535
	maxNest   = 250
)

// translator rewrites a pattern from left to right. It numbers all groups in their order, since the engine would give
// the named ones the last numbers.
type translator struct {
	in       string
	at       int
	out      []byte
	flags    Flags // MultiLine, Extended and Ungreedy as they are here
	atom     int   // where in out begins what a repetition would repeat; -1: nothing
	repeated bool  // the atom has a repetition already
	open     []parenthesis
	groups   int
	names    map[string]int
}

// parenthesis is one that is not closed yet.
type parenthesis struct {
	out   int
	flags Flags // to go back to at its end
}

func fail(text string) error { return &Error{text} }

func (t *translator) more() bool { return t.at < len(t.in) }

// peek is the next byte, or 0 at the end.
func (t *translator) peek() byte {
	if t.more() {
		return t.in[t.at]
	}
	return 0
}

// take steps over a prefix if it is there.
func (t *translator) take(prefix string) bool {
	if !strings.HasPrefix(t.in[t.at:], prefix) {
		return false
	}
	t.at += len(prefix)
	return true
}

// until takes what stands before a terminator, and the terminator; without one it takes all.
func (t *translator) until(end string) (string, bool) {
	text, _, found := strings.Cut(t.in[t.at:], end)
	t.at = min(len(t.in), t.at+len(text)+len(end))
	return text, found
}

// emit writes something that a repetition may follow.
func (t *translator) emit(text string) error {
	t.atom, t.repeated = len(t.out), false
	t.out = append(t.out, text...)
	return nil
}

// literal writes a byte so that it stands for itself everywhere.
func literal(b byte) string {
	if b-'0' < 10 || (b|0x20)-'a' < 26 {
		return string(rune(b))
	}
	const digits = "0123456789abcdef"
	high := "00"
	if b >= 0x80 {
		high = strconv.FormatInt(highBytes>>8, 16)
	}
	return `\u` + high + string(digits[b>>4]) + string(digits[b&15])
}

func (t *translator) translate() error {
	for t.skip(); t.more(); t.skip() {
		if err := t.item(); err != nil {
			return err
		}
	}
	return nil
}

// skip steps over comments, and over blanks if they do not count.
func (t *translator) skip() {
	for t.more() {
		switch {
		case t.take("(?#"):
			t.until(")")
		case t.flags&Extended != 0 && strings.IndexByte(" \t\n\v\f\r", t.peek()) >= 0:
			t.at++
		case t.flags&Extended != 0 && t.peek() == '#':
			t.until("\n")
		default:
			return
		}
	}
}

func (t *translator) item() error {
	switch b := t.peek(); b {
	case '(':
		return t.group()
	case ')':
		return t.close()
	case '[':
		return t.class()
	case '\\':
		return t.escape()
	case '*', '+', '?', '{':
		return t.repetition()
	case '|':
		t.at++
		t.out, t.atom = append(t.out, '|'), -1
		return nil
	case '^':
		t.at++
		return t.emit(t.lineStart())
	case '.', '$':
		t.at++
		return t.emit(string(rune(b)))
	default:
		t.at++
		return t.emit(literal(b))
	}
}

// lineStart is ^. With MultiLine the engine has it after a last line end too, where no line begins.
func (t *translator) lineStart() string {
	if t.flags&MultiLine != 0 {
		return `(?:^(?!(?<=\n)\z))`
	}
	return "^"
}

var repetition = regexp.MustCompile(`^(?:[*+?]|\{(\d+)(?:,(\d*))?\})`)

// repetition reads *, +, ? and {n,m}, and the ? or + that may follow. A brace that is none of it stands for itself.
func (t *translator) repetition() error {
	m := repetition.FindStringSubmatch(t.in[t.at:])
	if m == nil {
		t.at++
		return t.emit(literal('{'))
	}
	if t.atom < 0 {
		return fail("nothing to repeat")
	}
	for _, number := range m[1:] {
		if n, err := strconv.Atoi(number); number != "" && (err != nil || n > maxRepeat) {
			return fail("number too big in {} quantifier")
		}
	}
	t.at += len(m[0])
	if t.repeated {
		t.wrap("(?:")
	}
	t.out = append(t.out, m[0]...)
	t.repeated = true
	lazy := t.flags&Ungreedy != 0
	switch {
	case t.take("+"):
		t.wrap("(?>")
	case t.take("?") != lazy:
		t.out = append(t.out, '?')
	}
	return nil
}

// wrap makes a group of the last atom.
func (t *translator) wrap(open string) {
	inner := string(t.out[t.atom:])
	t.out = append(append(append(t.out[:t.atom], open...), inner...), ')')
}
