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

// errInterval says that a brace begins no repetition.
var errInterval = errors.New("regex: a brace must begin a repetition {n}, {n,} or {n,m}, or have a backslash")

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
	in       string
	at       int
	out      strings.Builder
	groups   []int // where the open groups begin in out
	atom     int   // where what a repetition would repeat begins in out
	repeated bool  // it ends with a repetition
	start    bool  // at the start of an alternative or behind an anchor, where a repetition has nothing to repeat
	flags    Flags
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
	if strings.IndexByte("*+?{", b) >= 0 {
		return t.repetition(b)
	}
	t.repeated = false
	if b == '(' || b == '|' || b == ')' && len(t.groups) > 0 {
		t.group(b)
		return nil
	}
	t.start = b == '^' || b == '$'
	t.atom = t.out.Len()
	switch b {
	case '[':
		return t.bracket()
	case '\\':
		return t.escape()
	case ')': // one that closes nothing stands for itself
		t.out.WriteByte('\\')
	}
	t.out.WriteByte(b)
	t.at++
	return nil
}

// group writes a parenthesis or a bar.
func (t *translator) group(b byte) {
	switch b {
	case '(':
		t.groups = append(t.groups, t.out.Len())
	case ')':
		last := len(t.groups) - 1
		t.atom, t.groups = t.groups[last], t.groups[:last]
	}
	t.start = b != ')'
	t.out.WriteByte(b)
	t.at++
}

// repetition writes *, +, ? or an interval. What is repeated already becomes a group first: Go takes a second repetition
// for a modifier of the first.
func (t *translator) repetition(b byte) error {
	if t.start {
		return errRepeat
	}
	if t.repeated {
		atom := t.out.String()[t.atom:]
		before := t.out.String()[:t.atom]
		t.out.Reset()
		t.out.WriteString(before + "(?:" + atom + ")")
	}
	t.repeated = true
	if b == '{' {
		return t.interval()
	}
	t.out.WriteByte(b)
	t.at++
	return nil
}

// interval writes {n}, {n,} and {n,m}; {,m} begins at 0.
func (t *translator) interval() error {
	end := strings.IndexByte(t.in[t.at:], '}')
	if end < 0 {
		return errInterval
	}
	body := t.in[t.at+1 : t.at+end]
	if body == "" || strings.Trim(body, "0123456789,") != "" || strings.Count(body, ",") > 1 {
		return errInterval
	}
	if body[0] == ',' {
		body = "0" + body
	}
	t.out.WriteString("{" + body + "}")
	t.at += end + 1
	return nil
}

// escape writes a backslash and the character after it. The C library knows a few classes beyond POSIX.
func (t *translator) escape() error {
	if t.at+1 == len(t.in) {
		return errors.New(`regex: a backslash at the end`)
	}
	b := t.in[t.at+1]
	t.at += 2
	t.start = strings.IndexByte("<>`'bB", b) >= 0
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
