// Package pcre matches texts against Perl compatible regular expressions. The engine is regexp2; this package rewrites
// what PCRE spells otherwise and keeps matching on bytes, as PCRE does without its UTF mode.
//
// A byte from 0x80 on becomes a character of Unicode's private area: it is no letter, digit or blank and has no case,
// so no text is invalid and a dot matches one byte.
package pcre

import (
	"errors"
	"fmt"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/dlclark/regexp2/syntax"
)

// Flags change how a pattern is read. A pattern can set them itself: (?imsx).
type Flags uint8

// The flags may be combined.
const (
	FoldCase  Flags = 1 << iota // ASCII letters match in either case
	MultiLine                   // ^ and $ match at line ends too
	DotAll                      // a dot matches a line end too
	Extended                    // blanks and comments in the pattern do not count
	Ungreedy                    // repetitions are lazy unless a question mark follows (?U)
)

// maxTime is about how long one match may take: some patterns try ways without end, and a shard waits for them.
const maxTime = 250 * time.Millisecond

// highBytes is where the bytes from 0x80 on go: U+E080 to U+E0FF.
const highBytes = 0xe000

// Error says what is wrong with a pattern.
type Error struct{ Text string }

// Error implements error.
func (e *Error) Error() string { return "pcre: " + e.Text }

// ErrTooMuchWork says that a match was given up, since it took too long.
var ErrTooMuchWork = errors.New("pcre: the match takes too long")

// Regexp is a compiled pattern. It never changes, and any goroutine may use it.
type Regexp struct {
	text string
	re   *regexp2.Regexp
}

// Compile reads a pattern. The error is an *Error.
func Compile(pattern string, f Flags) (*Regexp, error) {
	t := translator{in: pattern, flags: f, atom: -1, names: map[string]int{}}
	if err := t.translate(); err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(string(t.out), options(f))
	if err != nil {
		return nil, readable(err)
	}
	re.MatchTimeout = maxTime
	return &Regexp{pattern, re}, nil
}

// options are the flags as the engine has them. Extended is not among them: the translator leaves out what does not count.
func options(f Flags) (o regexp2.RegexOptions) {
	for flag, option := range map[Flags]regexp2.RegexOptions{
		FoldCase: regexp2.IgnoreCase, MultiLine: regexp2.Multiline, DotAll: regexp2.Singleline,
	} {
		if f&flag != 0 {
			o |= option
		}
	}
	return o
}

// readable drops the pattern from an error of the engine: it is the rewritten one, which the user does not know.
func readable(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return &Error{err.Error()}
	}
	return &Error{fmt.Sprintf(string(e.Code), e.Args...)}
}

// String is the pattern.
func (re *Regexp) String() string { return re.text }

// Match tells whether the pattern matches somewhere in a text. The error is ErrTooMuchWork.
func (re *Regexp) Match(text string) (bool, error) {
	runes := make([]rune, len(text))
	for i := range runes {
		runes[i] = toRune(text[i])
	}
	found, err := re.re.MatchRunes(runes)
	if err != nil {
		return false, ErrTooMuchWork // the engine has no other error here
	}
	return found, nil
}

func toRune(b byte) rune {
	if b < 0x80 {
		return rune(b)
	}
	return highBytes + rune(b)
}
