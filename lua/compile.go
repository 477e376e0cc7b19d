package lua

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// maxSource bounds one script file; the largest ones known have some 10,000 lines.
const maxSource = 16 << 20

// Error is a script that cannot be loaded: where, and why.
type Error struct {
	File         string
	Line, Column int // 0 if unknown
	Reason       string
	Err          error // the cause; nil if Reason says it all
}

// Error gives "file:line:column: reason".
func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, e.Line)
		if e.Column > 0 {
			where = fmt.Sprintf("%s:%d", where, e.Column)
		}
	}
	return "lua: " + where + ": " + e.Reason
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// parseSource reads Lua into its tree. Name is what messages call it.
func parseSource(code, name string) ([]ast.Stmt, error) {
	chunk, err := parse.Parse(strings.NewReader(skipShebang(code)), name)
	if err == nil {
		return chunk, nil
	}
	var syntax *parse.Error
	if !errors.As(err, &syntax) {
		return nil, &Error{File: name, Reason: err.Error(), Err: err}
	}
	if syntax.Pos.Line == parse.EOF {
		lines := strings.Split(strings.TrimRight(code, "\n"), "\n")
		last := len(lines)
		return nil, &Error{File: name, Line: last, Column: len(lines[last-1]) + 1, Reason: "the file ends in the middle of a statement", Err: err}
	}
	reason := strings.TrimSpace(syntax.Message)
	if syntax.Token != "" {
		reason += " near '" + syntax.Token + "'"
	}
	return nil, &Error{File: name, Line: syntax.Pos.Line, Column: syntax.Pos.Column, Reason: reason, Err: err}
}

// skipShebang blanks a first line that starts with #, as the stand-alone interpreter does.
func skipShebang(code string) string {
	if !strings.HasPrefix(code, "#") {
		return code
	}
	if end := strings.IndexByte(code, '\n'); end >= 0 {
		return code[end:]
	}
	return ""
}

// chunk is compiled Lua, which all states of a server may share.
type chunk struct {
	proto     *glua.FunctionProto
	touches   bool // it may change the KSR tables
	globals   globals
	functions []globalFunction
}

// compile turns a parsed chunk into a function, with the guards of the limits built in.
func (e *engine) compile(tree []ast.Stmt, name string) (chunk, error) {
	uses := usesOfKSR(tree, e.host.Registry)
	c := chunk{touches: uses.found || uses.own}
	tree = e.options.Coverage.instrument(tree, name)
	r := &rewriter{direct: e.direct, ownKSR: uses.own}
	proto, err := glua.Compile(r.instrument(tree), name)
	if err != nil {
		var wrong *glua.CompileError
		if errors.As(err, &wrong) {
			return c, &Error{File: name, Line: wrong.Line, Reason: wrong.Message, Err: err}
		}
		return c, &Error{File: name, Reason: err.Error(), Err: err}
	}
	r.place(proto)
	e.options.Coverage.place(proto, name)
	c.proto, c.globals = proto, readGlobals(proto)
	return c, nil
}

// compileSource reads and compiles code. Name is what messages call it.
func (e *engine) compileSource(code, name string) (chunk, error) {
	tree, err := parseSource(code, name)
	if err != nil {
		return chunk{}, err
	}
	return e.compile(tree, name)
}

// compileScript is compileSource for a file, whose functions may be straight.
func (e *engine) compileScript(code, name string) (chunk, error) {
	c, err := e.compileSource(code, name)
	if err == nil && e.options.Coverage == nil {
		tree, _ := parseSource(code, name) // compiling changes the tree
		c.functions = globalFunctionsOf(tree, name)
	}
	return c, err
}

// readSource reads a script file, within maxSource.
func readSource(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("lua: %w", err)
	}
	defer f.Close()
	code, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return "", fmt.Errorf("lua: %w", err)
	}
	if len(code) > maxSource {
		return "", fmt.Errorf("lua: %s is larger than %d MiB", path, maxSource>>20)
	}
	return string(code), nil
}
