package kemi

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteStubs writes declarations of all KSR functions for the Lua language server, so that
// an editor completes them and checks their arguments.
func WriteStubs(w io.Writer, modules []*ModuleDoc) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "---@meta\n\n---The functions that routes call.\nKSR = {}\n")
	declared := map[string]bool{"": true}
	for _, m := range modules {
		for i := range m.Funcs {
			f := &m.Funcs[i]
			if !declared[f.Table] {
				declared[f.Table] = true
				fmt.Fprintf(out, "\n---%s\nKSR.%s = {}\n", m.Doc, f.Table)
			}
			writeStub(out, f)
		}
	}
	return out.Flush()
}

func writeStub(out *bufio.Writer, f *FuncDoc) {
	fmt.Fprintf(out, "\n---%s\n", f.Doc)
	names := make([]string, len(f.Args))
	for i, a := range f.Args {
		names[i] = luaName(a.Name)
		fmt.Fprintf(out, "---@param %s %s\n", names[i], luaTypes[a.Kind])
	}
	if t := luaTypes[f.Returns]; t != "" {
		fmt.Fprintf(out, "---@return %s\n", t)
	}
	fmt.Fprintf(out, "function %s(%s) end\n", f.Full(), strings.Join(names, ", "))
}

// luaTypes are the language server's names of our kinds.
var luaTypes = map[string]string{"int": "integer", "str": "string", "bool": "boolean", "xval": "any"}

// luaWords may not be names in Lua.
var luaWords = map[string]bool{
	"and": true, "break": true, "do": true, "else": true, "elseif": true, "end": true, "false": true, "for": true,
	"function": true, "if": true, "in": true, "local": true, "nil": true, "not": true, "or": true, "repeat": true,
	"return": true, "then": true, "true": true, "until": true, "while": true,
}

func luaName(name string) string {
	if luaWords[name] {
		return name + "_"
	}
	return name
}
