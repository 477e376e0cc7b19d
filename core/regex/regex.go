// Package regex gives POSIX extended regular expressions as the C library reads them, on top of Go's engine, which
// takes time linear in the text whatever the pattern is.
//
// Matches are leftmost-longest. Dots and negated brackets do not match a line end, and ^ and $ match at each line, if
// asked. Back references within a pattern are the one thing that Go's engine cannot do; they are an error.
package regex

import (
	"errors"
	"regexp"
	"strings"
)

// Flags change how a pattern is read.
type Flags uint8

// The flags may be combined.
const (
	FoldCase Flags = 1 << iota // letters match in either case
	Lines                      // ^ and $ match at line ends, which a dot or a negated bracket does not match
)

// ErrBackReference says that a pattern refers to one of its own groups.
var ErrBackReference = errors.New("regex: back references are not supported")

// errRepeat says that a repetition stands where nothing is to be repeated.
var errRepeat = errors.New("regex: nothing to repeat")

// errBracket says that a bracket expression is not closed.
var errBracket = errors.New("regex: missing ]")

// Compile reads a POSIX extended regular expression. The empty pattern matches everywhere.
func Compile(pattern string, f Flags) (*regexp.Regexp, error) {
	t := translator{in: pattern, flags: f, start: true}
	text, err := t.run()
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	re.Longest()
	return re, nil
}

// translator writes a POSIX pattern in Go's syntax.
type translator struct {
	in    string
	at    int
	out   strings.Builder
	depth int
	start bool // at the start of an alternative, where a repetition has nothing to repeat
	flags Flags
}

func (t *translator) run() (string, error) {
	switch t.flags {
	case FoldCase:
		t.out.WriteString("(?is)")
	case Lines:
		t.out.WriteString("(?m)")
	case FoldCase | Lines:
		t.out.WriteString("(?im)")
	default:
		t.out.WriteString("(?s)")
	}
	for t.at < len(t.in) {
		if err := t.next(); err != nil {
			return "", err
		}
	}
	return t.out.String(), nil
}

// next translates one element of the pattern.
func (t *translator) next() error {
	b := t.in[t.at]
	atStart := t.start
	t.start = false
	switch b {
	case '[':
		return t.bracket()
	case '\\':
		return t.escape()
	case '(':
		t.depth++
		t.start = true
	case '|':
		t.start = true
	case '^':
		t.start = atStart
	case ')':
		if t.depth == 0 { // one that closes nothing stands for itself
			t.out.WriteByte('\\')
		} else {
			t.depth--
		}
	case '*', '+', '?':
		if atStart {
			return errRepeat
		}
		t.at++
		t.repeat(b)
		return nil
	case '{':
		if atStart || !t.interval() {
			t.out.WriteString(`\{`)
			t.at++
		}
		return nil
	}
	t.out.WriteByte(b)
	t.at++
	return nil
}

// repeat writes a repetition. A further one applies to what is repeated already: Go takes it for a modifier, so the
// run of them becomes the one that means the same.
func (t *translator) repeat(b byte) {
	for t.at < len(t.in) && strings.IndexByte("*+?", t.in[t.at]) >= 0 {
		if t.in[t.at] != b {
			b = '*'
		}
		t.at++
	}
	t.out.WriteByte(b)
}

// interval writes {n}, {n,} and {n,m}; {,m} begins at 0. It gives false for a brace that begins none.
func (t *translator) interval() bool {
	end := strings.IndexByte(t.in[t.at:], '}')
	if end < 0 {
		return false
	}
	body := t.in[t.at+1 : t.at+end]
	if body == "" || body == "," || strings.Trim(body, "0123456789,") != "" || strings.Count(body, ",") > 1 {
		return false
	}
	if body[0] == ',' {
		body = "0" + body
	}
	t.out.WriteString("{" + body + "}")
	t.at += end + 1
	return true
}

// escape writes a backslash and the character after it. The C library knows a few classes beyond POSIX.
func (t *translator) escape() error {
	if t.at+1 == len(t.in) {
		return errors.New(`regex: a backslash at the end`)
	}
	b := t.in[t.at+1]
	t.at += 2
	switch {
	case b >= '1' && b <= '9':
		return ErrBackReference
	case b == '<' || b == '>':
		t.out.WriteString(`\b`)
	case b == '`':
		t.out.WriteString(`\A`)
	case b == '\'':
		t.out.WriteString(`\z`)
	case strings.IndexByte("wWsSbB", b) >= 0:
		t.out.WriteByte('\\')
		t.out.WriteByte(b)
	default:
		t.out.WriteString(regexp.QuoteMeta(string(rune(b))))
	}
	return nil
}

// bracket writes a bracket expression, in which a backslash has no meaning.
func (t *translator) bracket() error {
	end := bracketEnd(t.in, t.at)
	if end < 0 {
		return errBracket
	}
	body := t.in[t.at+1 : end]
	t.at = end + 1
	t.out.WriteByte('[')
	if body[0] == '^' {
		t.out.WriteByte('^')
		if t.flags&Lines != 0 {
			t.out.WriteString(`\n`)
		}
		body = body[1:]
	}
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == '[' && i+1 < len(body) && body[i+1] == ':':
			n := strings.Index(body[i:], ":]")
			t.out.WriteString(body[i : i+n+2])
			i += n + 1
		case body[i] == '\\' || body[i] == ']' || body[i] == '[' || body[i] == '^':
			t.out.WriteByte('\\')
			t.out.WriteByte(body[i])
		default:
			t.out.WriteByte(body[i])
		}
	}
	t.out.WriteByte(']')
	return nil
}

// bracketEnd is the place of the bracket that closes the one at a place, or -1. The first character may be a bracket
// itself, and classes such as [:alpha:] hold one.
func bracketEnd(s string, at int) int {
	i := at + 1
	if i < len(s) && s[i] == '^' {
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	}
	for ; i < len(s); i++ {
		if s[i] == '[' && i+1 < len(s) && s[i+1] == ':' {
			n := strings.Index(s[i:], ":]")
			if n < 0 {
				return -1
			}
			i += n + 1
			continue
		}
		if s[i] == ']' {
			return i
		}
	}
	return -1
}
