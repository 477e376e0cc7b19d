package sdp

import (
	"iter"
	"strings"
)

// FirstLine is the first line of a text with its line end, which the last line of a text may lack.
func FirstLine(text string) string {
	if at := strings.IndexByte(text, '\n'); at >= 0 {
		return text[:at+1]
	}
	return text
}

// TrimEnd is a line without its line end.
func TrimEnd(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}

// Lines walks over the lines of a text, each with its line end.
func Lines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			line := FirstLine(text)
			if !yield(line) {
				return
			}
			text = text[len(line):]
		}
	}
}

// Cursor walks over the lines of a text when asked to, as the iterators of scripts do.
type Cursor struct {
	Line string // the present line with its line end; empty before the first and after the last one
	rest string
}

// NewCursor stands before the first line of a text.
func NewCursor(text string) *Cursor { return &Cursor{rest: text} }

// Next steps to the next line and tells whether there is one.
func (c *Cursor) Next() bool {
	c.Line = FirstLine(c.rest)
	c.rest = c.rest[len(c.Line):]
	return c.Line != ""
}
