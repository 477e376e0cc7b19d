package lua

import (
	"os"
	"path/filepath"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// requires reads the files that the scripts read by name, and those that these read.
func (c *checker) requires() {
	for i := 0; i < len(c.scripts); i++ { // it grows meanwhile
		s := c.scripts[i]
		walkStmts(s.chunk, func(e ast.Expr) bool {
			if call, ok := e.(*ast.FuncCallExpr); ok {
				c.required(s, call)
			}
			return true
		})
	}
}

// required follows a call of require, dofile or loadfile.
func (c *checker) required(s *script, call *ast.FuncCallExpr) {
	name, ok := call.Func.(*ast.IdentExpr)
	if !ok {
		return
	}
	switch name.Value {
	case "require", "dofile", "loadfile":
	case "load", "loadstring":
		c.whole = false
		return
	default:
		return
	}
	text, ok := valueAt(call.Args, 0).(*ast.StringExpr)
	if !ok {
		c.whole = false // a computed name
		return
	}
	if name.Value != "require" {
		c.file(s, call, name.Value, text.Value)
		return
	}
	c.module(s, call, text.Value)
}

// file follows dofile("path").
func (c *checker) file(s *script, call *ast.FuncCallExpr, function, path string) {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		c.read(path)
		return
	}
	c.whole = false
	f := s.finding("require", call.Line(), function)
	f.Message = "there is no file " + path
	c.add(f)
}

// module follows require "name".
func (c *checker) module(s *script, call *ast.FuncCallExpr, name string) {
	if isStandIn(name) || isLibrary(name) {
		return
	}
	path, known := c.searchPath()
	file, tried := searchModule(name, path, s.file)
	switch {
	case file != "":
		c.read(file)
		return
	case !known:
		c.whole = false
		return
	}
	c.whole = false
	f := s.finding("require", call.Line(), "require")
	f.Message = "there is no module " + name
	f.Hint = "looked for " + tried
	if root, _, _ := strings.Cut(name, "."); cLibraries[root] {
		f.Message, f.Hint = "the library "+name+" is written in C, which cannot be loaded here", "look for one that is written in Lua; some have a built-in stand-in, see the documentation of the engine"
	}
	c.add(f)
}

func isLibrary(name string) bool {
	for _, lib := range stockLibraries {
		if lib.name == name && name != "" {
			return true
		}
	}
	return false
}

// searchPath is package.path as the scripts set it, if that can be told without running them.
func (c *checker) searchPath() (path string, known bool) {
	if path = os.Getenv(glua.LuaPath); path == "" {
		path = luaPath
	}
	known = true
	for _, s := range c.scripts {
		visitStmts(s.chunk, func(stmt ast.Stmt) {
			set, ok := stmt.(*ast.AssignStmt)
			if !ok || len(set.Lhs) != 1 || len(set.Rhs) != 1 || !isPackagePath(set.Lhs[0]) {
				return
			}
			text, ok := constantText(set.Rhs[0], path)
			if known = known && ok; ok {
				path = text
			}
		})
	}
	return path, known
}

func isPackagePath(e ast.Expr) bool {
	attr, ok := e.(*ast.AttrGetExpr)
	if !ok {
		return false
	}
	library, isName := attr.Object.(*ast.IdentExpr)
	key, isText := attr.Key.(*ast.StringExpr)
	return isName && isText && library.Value == glua.LoadLibName && key.Value == "path"
}

// constantText is a text that is written out, joined of such, or has package.path in it.
func constantText(e ast.Expr, path string) (string, bool) {
	switch e := e.(type) {
	case *ast.StringExpr:
		return e.Value, true
	case *ast.StringConcatOpExpr:
		left, ok := constantText(e.Lhs, path)
		right, also := constantText(e.Rhs, path)
		return left + right, ok && also
	}
	return path, isPackagePath(e)
}

// searchModule finds a module's file on a path, or beside the file that asks.
func searchModule(name, path, from string) (file, tried string) {
	name = strings.ReplaceAll(name, ".", string(os.PathSeparator))
	var list []string
	for template := range strings.SplitSeq(path+";"+filepath.Join(filepath.Dir(from), "?.lua"), ";") {
		candidate := strings.ReplaceAll(template, "?", name)
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() {
			return candidate, ""
		}
		list = append(list, candidate)
	}
	return "", strings.Join(list, ", ")
}
