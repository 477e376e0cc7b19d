package lua

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Check reads the scripts, and the files that they require, without running them.
func (e *engine) Check(files []string) []kemi.Finding {
	c := newChecker(e)
	for _, file := range files {
		c.read(file)
	}
	return c.all()
}

func newChecker(e *engine) *checker {
	return &checker{engine: e, registry: e.host.Registry, defined: map[string]bool{}, whole: len(e.options.Setup) == 0, seen: map[string]bool{}}
}

// all runs every check over the scripts that were read.
func (c *checker) all() []kemi.Finding {
	c.requires()
	c.names()
	for _, s := range c.scripts {
		c.script(s)
		c.globals(s)
	}
	c.params()
	c.routes()
	return c.sorted()
}

// checker reads scripts for what surely is wrong.
type checker struct {
	engine   *engine
	registry *kemi.Registry
	scripts  []*script
	seen     map[string]bool // files that were read, or could not be
	defined  map[string]bool // globals that some file assigns to
	whole    bool            // no code is left out that could define more
	findings []kemi.Finding
}

// script is one file under check.
type script struct {
	file   string
	lines  []string
	chunk  []ast.Stmt
	tested map[string]bool // names below KSR that the file compares with nil: "auth", "pv.get"
	uses   *globalUse
	found  map[string]int // by line and text: where the last finding was
}

// read parses a file; what cannot be read is a finding.
func (c *checker) read(file string) {
	if c.seen[file] || len(c.seen) > maxFiles {
		return
	}
	c.seen[file] = true
	code, err := readSource(file)
	if err != nil {
		c.add(kemi.Finding{File: file, Message: strings.TrimPrefix(err.Error(), "lua: "), Fatal: true, Check: "file"})
		c.whole = false
		return
	}
	c.take(file, code)
}

// take takes the text of a file.
func (c *checker) take(file, code string) {
	s := &script{file: file, lines: strings.Split(code, "\n"), tested: map[string]bool{}, found: map[string]int{}}
	var err error
	if s.chunk, err = parseSource(code, file); err == nil {
		_, err = c.engine.compileSource(code, file)
	}
	if err != nil {
		c.add(s.syntax(err))
		c.whole = false
		return
	}
	tests(s.chunk, s.tested)
	c.scripts = append(c.scripts, s)
}

// syntax is the finding of a file that does not compile.
func (s *script) syntax(err error) kemi.Finding {
	f := kemi.Finding{File: s.file, Message: err.Error(), Fatal: true, Check: "syntax"}
	var wrong *Error
	if errors.As(err, &wrong) {
		f.Line, f.Column, f.Message, f.Text = wrong.Line, wrong.Column, wrong.Reason, s.line(wrong.Line)
	}
	return f
}

func (s *script) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// names collects the globals of all files.
func (c *checker) names() {
	for _, s := range c.scripts {
		s.uses = globalsOf(s.chunk)
		for _, w := range s.uses.writes {
			c.defined[w.name] = true
		}
		c.whole = c.whole && !s.uses.dynamic
	}
}

// add notes a finding.
func (c *checker) add(f kemi.Finding) { c.findings = append(c.findings, f) }

// sorted are the findings by file, in the order in which the files were read, and line; each once.
func (c *checker) sorted() []kemi.Finding {
	order := map[string]int{}
	for i, s := range c.scripts {
		order[s.file] = i
	}
	slices.SortStableFunc(c.findings, func(a, b kemi.Finding) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(c.findings)
}

// finding points at a text in or after a line: the tree knows no columns. The same text on the
// same line again is the next one.
func (s *script) finding(check string, line int, text string) kemi.Finding {
	for n := line; n < line+5; n++ {
		key := fmt.Sprint(check, n, text)
		if i := wordIndex(s.line(n), text, s.found[key]); i >= 0 {
			s.found[key] = i + 1
			return kemi.Finding{File: s.file, Line: n, Column: i + 1, Text: s.line(n), Check: check}
		}
	}
	return kemi.Finding{File: s.file, Line: line, Column: 1, Text: s.line(line), Check: check}
}

// wordIndex finds a text that is no part of a longer name, from a place on.
func wordIndex(line, text string, from int) int {
	for from <= len(line) {
		i := strings.Index(line[from:], text)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(text)
		if (i == 0 || !nameByte(line[i-1])) && (end == len(line) || !nameByte(line[end])) {
			return i
		}
		from = i + 1
	}
	return -1
}

func nameByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// warn logs what Check finds in scripts that have been loaded: real scripts carry such
// names on paths that they never reach. A route that does reach one is told of it too.
func (e *engine) warn(files []string) {
	known := map[string]string{}
	for _, f := range e.Check(files) {
		if f.Check == "global" || f.Check == "require" {
			continue // the load itself has shown what there is
		}
		what := f.Message
		if f.Hint != "" {
			what += " (" + f.Hint + ")"
		}
		known[fmt.Sprintf("%s:%d", f.File, f.Line)] = what
		text := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, what)
		e.log().Once("check "+text, log.Warn, "<script>", text)
	}
	e.known.Store(&known)
}

// explain adds what the check found at the place of an error: the language itself only says
// that a nil value was called.
func (e *engine) explain(text string) string {
	known := e.known.Load()
	if known == nil {
		return text
	}
	if what := (*known)[place(text)]; what != "" {
		return text + ": " + what
	}
	return text
}
