package lua

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/yuin/gopher-lua/ast"

	glua "github.com/yuin/gopher-lua"
)

// Coverage counts how often each line of the script files runs. One may serve several
// engines, in turn or at once: their counts add up. An engine without one pays nothing.
type Coverage struct {
	mu    sync.Mutex
	files map[string]map[int]*atomic.Uint64 // by path and line
}

// NewCoverage makes an empty one.
func NewCoverage() *Coverage { return &Coverage{files: map[string]map[int]*atomic.Uint64{}} }

// FileCoverage is what has run of one file.
type FileCoverage struct {
	Path  string
	Lines []LineCoverage // those with a statement on them, in order
}

// LineCoverage is how often the first statement that begins on a line has run.
type LineCoverage struct {
	Line int
	Hits uint64
}

// Files are the files that were compiled so far, by path.
func (c *Coverage) Files() []FileCoverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []FileCoverage
	for path, lines := range c.files {
		f := FileCoverage{Path: path}
		for line, hits := range lines {
			f.Lines = append(f.Lines, LineCoverage{line, hits.Load()})
		}
		slices.SortFunc(f.Lines, func(a, b LineCoverage) int { return cmp.Compare(a.Line, b.Line) })
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b FileCoverage) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// counter is the counter of a line.
func (c *Coverage) counter(path string, line int) *atomic.Uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.files[path]
	if lines == nil {
		lines = map[int]*atomic.Uint64{}
		c.files[path] = lines
	}
	if lines[line] == nil {
		lines[line] = new(atomic.Uint64)
	}
	return lines[line]
}

// lineMark stands in the tree for the counter of a line, as the other marks do for theirs.
const lineMark = "\x00moonroute:line:"

// instrument adds to the tree of a file the counting of its lines.
func (c *Coverage) instrument(tree []ast.Stmt, path string) []ast.Stmt {
	if c == nil || !isFile(path) {
		return tree
	}
	return lineCounter{c, path, map[int]bool{}}.block(tree)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// place puts the counters where their marks stand.
func (c *Coverage) place(proto *glua.FunctionProto, path string) {
	if c == nil {
		return
	}
	for i, constant := range proto.Constants {
		text, _ := constant.(glua.LString)
		if number, ok := strings.CutPrefix(string(text), lineMark); ok {
			line, _ := strconv.Atoi(number)
			hits := c.counter(path, line)
			proto.Constants[i] = goFunction(func(*glua.LState) int { hits.Add(1); return 0 })
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		c.place(inner, path)
	}
}

// lineCounter adds a counter before the first statement of each line.
type lineCounter struct {
	coverage *Coverage
	path     string
	seen     map[int]bool
}

func (x lineCounter) block(stmts []ast.Stmt) []ast.Stmt {
	out := make([]ast.Stmt, 0, 2*len(stmts))
	for _, s := range stmts {
		if !x.seen[s.Line()] && s.Line() > 0 {
			x.seen[s.Line()] = true
			count := &ast.FuncCallStmt{Expr: hiddenCall(lineMark+strconv.Itoa(s.Line()), s)}
			setLine(count, s)
			out = append(out, count)
		}
		x.inside(s)
		out = append(out, s)
	}
	return out
}

// inside counts the lines of the blocks and functions that are part of a statement.
func (x lineCounter) inside(s ast.Stmt) {
	walkOwn(s, func(e ast.Expr) bool {
		f, ok := e.(*ast.FunctionExpr)
		if ok {
			f.Stmts = x.block(f.Stmts)
		}
		return !ok
	})
	switch s := s.(type) {
	case *ast.DoBlockStmt:
		s.Stmts = x.block(s.Stmts)
	case *ast.WhileStmt:
		s.Stmts = x.block(s.Stmts)
	case *ast.RepeatStmt:
		s.Stmts = x.block(s.Stmts)
	case *ast.IfStmt:
		s.Then, s.Else = x.block(s.Then), x.block(s.Else)
	case *ast.NumberForStmt:
		s.Stmts = x.block(s.Stmts)
	case *ast.GenericForStmt:
		s.Stmts = x.block(s.Stmts)
	}
}
