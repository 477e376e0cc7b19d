// Package pcre is Perl compatible regular expressions for yes-or-no questions: with look-around, back references,
// atomic groups and possessive repetition, which the regexp package lacks.
//
// Texts and patterns are bytes, as in PCRE without its UTF mode. Recursion, conditional groups, callouts and the verbs
// in (*...) are not there: a pattern that has them is an error. Patterns without look-around, atomic groups and back
// references take time linear in the text; the work that others may do is bounded.
package pcre

import (
	"errors"
	"fmt"
	"sync"
)

// Flags change how a pattern is read. A pattern can set them itself: (?imsx).
type Flags uint8

// The flags may be combined.
const (
	FoldCase  Flags = 1 << iota // ASCII letters match in either case
	MultiLine                   // ^ and $ match at line ends too
	DotAll                      // a dot matches a line end too
	Extended                    // blanks and comments in the pattern do not count
	ungreedy                    // (?U): repetitions are lazy unless a question mark follows
)

// Error says what is wrong with a pattern.
type Error struct {
	Offset int // the place in the pattern, in bytes
	Text   string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("pcre: %s at offset %d", e.Text, e.Offset) }

// ErrTooMuchWork says that a match was given up, since it took too many steps.
var ErrTooMuchWork = errors.New("pcre: the match takes too many steps")

// Regexp is a compiled pattern. It never changes, and any goroutine may use it.
type Regexp struct {
	text     string
	prog     []inst
	slots    int  // capture slots and loop marks
	pure     bool // no look-around, atomic group or back reference: a state that failed once fails always
	anchored bool // it can match at the start of the text only
	first    *set // bytes that a match can begin with; nil: any, or none at all
	machines sync.Pool
}

// Compile reads a pattern. The error is an *Error.
func Compile(pattern string, f Flags) (*Regexp, error) {
	p := &parser{text: pattern, flags: f, names: map[string]int{}}
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	c := compiler{hasBack: p.hasBack, groups: p.groups, pure: true}
	if err := c.compile(root); err != nil {
		return nil, err
	}
	re := &Regexp{text: pattern, prog: c.prog, slots: c.slots(), pure: c.pure, anchored: anchored(root)}
	var first set
	if !canBeEmpty(root) && firstBytes(root, &first) {
		re.first = &first
	}
	return re, nil
}

// String is the pattern.
func (re *Regexp) String() string { return re.text }

// Match tells whether the pattern matches somewhere in a text. The error is ErrTooMuchWork.
func (re *Regexp) Match(text string) (bool, error) {
	m, _ := re.machines.Get().(*machine)
	if m == nil {
		m = &machine{re: re, slots: make([]int, re.slots)}
	}
	m.begin(text)
	found, err := m.search()
	m.text = ""
	re.machines.Put(m)
	return found, err
}
