package config

import "strings"

// source is a text that is being read: a file, or the value of a define where it is used.
type source struct {
	file  string
	text  string
	off   int
	line  int
	start int    // offset where the line begins
	macro string // the define whose value this is; empty for a file
	at    Pos    // where the define is used
}

func newSource(file, text string) *source { return &source{file: file, text: text, line: 1} }

func (s *source) done() bool { return s.off >= len(s.text) }

// peek is the byte n places ahead, 0 behind the end.
func (s *source) peek(n int) byte {
	if s.off+n >= len(s.text) {
		return 0
	}
	return s.text[s.off+n]
}

// pos is the place of the next byte; inside a define's value it is where the define is used.
func (s *source) pos() Pos {
	if s.macro != "" {
		return s.at
	}
	return Pos{File: s.file, Line: s.line, Column: s.off - s.start + 1}
}

// advance moves over n bytes and counts the lines in them.
func (s *source) advance(n int) string {
	end := min(s.off+n, len(s.text))
	part := s.text[s.off:end]
	if i := strings.LastIndexByte(part, '\n'); i >= 0 {
		s.line += strings.Count(part, "\n")
		s.start = s.off + i + 1
	}
	s.off = end
	return part
}

// skipSpace moves over white space.
func (s *source) skipSpace() {
	n := 0
	for isSpace(s.peek(n)) {
		n++
	}
	s.advance(n)
}

// firstOnLine tells that only white space stands before the next byte on its line.
func (s *source) firstOnLine() bool {
	return s.macro == "" && strings.TrimSpace(s.text[s.start:s.off]) == ""
}

// restOfLine takes what is left of the line and its end, and gives it without the end.
func (s *source) restOfLine() string {
	return strings.TrimRight(s.advance(s.toLineEnd()), "\r\n")
}

// logicalLine is restOfLine where a backslash at the end joins the next line.
func (s *source) logicalLine() string {
	line := s.restOfLine()
	if !strings.HasSuffix(line, "\\") {
		return line
	}
	var b strings.Builder
	for strings.HasSuffix(line, "\\") && !s.done() {
		b.WriteString(strings.TrimSuffix(line, "\\"))
		line = s.restOfLine()
	}
	b.WriteString(line)
	return b.String()
}

// toLineEnd counts the bytes up to and with the end of the line.
func (s *source) toLineEnd() int {
	if i := strings.IndexByte(s.text[s.off:], '\n'); i >= 0 {
		return i + 1
	}
	return len(s.text) - s.off
}

// word is the run of letters, digits and underscores at the place, not yet taken.
func (s *source) word() string {
	n := 0
	for isWord(s.peek(n)) {
		n++
	}
	return s.text[s.off : s.off+n]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || isDigit(c)
}
