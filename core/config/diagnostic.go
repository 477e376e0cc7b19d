package config

import (
	"strconv"
	"strings"
)

// Pos is a place in a file. Lines and columns count from 1; columns count bytes.
type Pos struct {
	File         string
	Line, Column int
}

// String is file:line:column, and the file alone for a place outside any line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Diagnostic is an error or a warning about a place in the configuration.
type Diagnostic struct {
	Pos
	Text    string // the source line
	Message string
	Hint    string // what would be right; may be empty
}

// Error is the place with the message, the source line, a caret below the place, and the hint.
func (d Diagnostic) Error() string {
	var b strings.Builder
	b.WriteString(d.Pos.String() + ": " + d.Message)
	if d.Text != "" {
		text, column := excerpt(d.Text, d.Column)
		b.WriteString("\n\t" + text + "\n\t" + caret(text, column))
	}
	if d.Hint != "" {
		b.WriteString("\n\thint: " + d.Hint)
	}
	return b.String()
}

// excerpt cuts a very long line down to what is around a column.
func excerpt(text string, column int) (string, int) {
	const around = 150
	if len(text) <= 2*around {
		return text, column
	}
	from := min(max(column-around, 0), len(text))
	return text[from:min(from+2*around, len(text))], column - from
}

// caret is the line that points at a column. It repeats the tabs before it, so
// that the caret stands right whatever their width is.
func caret(text string, column int) string {
	pad := []byte(text[:min(max(column-1, 0), len(text))])
	for i, c := range pad {
		if c != '\t' {
			pad[i] = ' '
		}
	}
	return string(pad) + "^"
}

// Errors is what is wrong with a configuration, in the order found.
type Errors []Diagnostic

// Error joins the diagnostics, each on lines of its own.
func (e Errors) Error() string {
	parts := make([]string, len(e))
	for i, d := range e {
		parts[i] = d.Error()
	}
	return strings.Join(parts, "\n")
}

// Unwrap lets errors.As find a single Diagnostic.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, d := range e {
		list[i] = d
	}
	return list
}

// lineOf is line n of a text without its end; empty if there is none.
func lineOf(text string, n int) string {
	for ; n > 1; n-- {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return ""
		}
		text = rest
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimRight(line, "\r")
}
