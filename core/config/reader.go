package config

import "fmt"

// The bounds of a configuration. Real ones stay far below; they stop a file that
// includes or defines itself round and round.
const (
	maxErrors     = 20
	maxWarnings   = 100
	maxFileSize   = 16 << 20
	maxFiles      = 1000
	maxIncludes   = 16      // files open inside each other
	maxExpansions = 1 << 16 // uses of defines
	maxExpanded   = 1 << 22 // bytes that defines may add
	maxNested     = 100     // defines whose values use each other
	maxString     = 1 << 16 // bytes of a string after substitution
	maxSubstWork  = 1 << 24 // bytes that rules of substitution may look at
)

// reader gives the tokens of a file, of those it includes and of the defines it uses.
type reader struct {
	opts       Options
	stack      []*source
	texts      map[string]string
	defines    *defines
	directives map[string]directiveFunc
	keywords   map[string]bool // of the parser; a define of such a name is not put in its place
	substs     []subst
	conditions []condition
	files      int
	expansions int
	expanded   int
	substWork  int
	stopped    bool // a bound was reached; only the end of the file follows
	last       Pos  // where the reader was last
	longString Pos  // the last string that goes over lines
	errors     Errors
	warnings   []Diagnostic
}

func newReader(opts Options) *reader {
	r := &reader{opts: opts.fillDefaults(), texts: map[string]string{}, defines: newDefines(), directives: directives()}
	for _, d := range opts.Defines {
		r.defineArgument(d)
	}
	return r
}

// top is the source being read, nil at the end of everything.
func (r *reader) top() *source {
	if len(r.stack) == 0 {
		return nil
	}
	return r.stack[len(r.stack)-1]
}

// next is the next token. At the end it is tokEOF, as often as it is asked.
func (r *reader) next() token {
	tight := true
	for {
		src := r.top()
		if src == nil || r.stopped {
			return token{kind: tokEOF, pos: r.last}
		}
		r.last = src.pos()
		switch {
		case src.done():
			r.pop()
		case r.skipping():
			r.skipLine(src)
		case r.skipNoise(src):
			tight = false
		default:
			if t, ok := r.scan(src); ok {
				t.tight = tight
				return t
			}
		}
	}
}

// pop leaves a source. Behind the last one, conditions still open are errors.
func (r *reader) pop() {
	r.stack = r.stack[:len(r.stack)-1]
	if len(r.stack) > 0 {
		return
	}
	for _, c := range r.conditions {
		r.fail(c.pos, "#!"+c.name+" without #!endif", "")
	}
}

// skipNoise takes white space, a comment or a directive; it tells whether there was one.
func (r *reader) skipNoise(src *source) bool {
	c, d := src.peek(0), src.peek(1)
	switch {
	case isSpace(c):
		src.skipSpace()
	case c == '#' && d == '!' && src.macro == "":
		r.directive(src)
	case c == '!' && d == '!' && src.macro == "":
		return r.directive(src)
	case c == '#', c == '/' && d == '/':
		src.restOfLine()
	case c == '/' && d == '*':
		r.skipComment(src)
	default:
		return false
	}
	return true
}

// skipComment takes a comment that may go over several lines.
func (r *reader) skipComment(src *source) {
	pos := src.pos()
	src.advance(2)
	for !src.done() {
		if src.peek(0) == '*' && src.peek(1) == '/' {
			src.advance(2)
			return
		}
		src.advance(1)
	}
	r.fail(pos, "comment without */", "")
}

// fail records an error, one a line since the first often brings others with it. After
// maxErrors reading stops.
func (r *reader) fail(pos Pos, message, hint string) {
	if len(r.errors) >= maxErrors {
		return
	}
	if n := len(r.errors); n > 0 && pos.Line > 0 && r.errors[n-1].File == pos.File && r.errors[n-1].Line == pos.Line {
		return
	}
	text := lineOf(r.texts[pos.File], pos.Line)
	r.errors = append(r.errors, Diagnostic{Pos: pos, Text: text, Message: message, Hint: hint})
	if len(r.errors) == maxErrors {
		r.stopped = true
	}
}

func (r *reader) failf(pos Pos, hint, format string, args ...any) {
	r.fail(pos, fmt.Sprintf(format, args...), hint)
}

// stop ends reading because of a bound.
func (r *reader) stop(pos Pos, message string) {
	r.fail(pos, message, "")
	r.stopped = true
}

func (r *reader) warn(pos Pos, message, hint string) {
	if len(r.warnings) >= maxWarnings {
		return
	}
	text := lineOf(r.texts[pos.File], pos.Line)
	r.warnings = append(r.warnings, Diagnostic{Pos: pos, Text: text, Message: message, Hint: hint})
}
