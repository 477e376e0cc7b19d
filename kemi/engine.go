package kemi

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/route"
)

// Engine is a scripting language. Its methods may be called from any goroutine, except
// Run, which is called inside the shard of its context.
type Engine interface {
	// Name is the cfgengine value, "lua".
	Name() string
	// Open gives the engine the server's registry and limits; nothing is loaded yet.
	Open(host EngineHost) error
	// Load compiles and runs the script files in a fresh state. Only if all of it works do
	// new messages use it: a failed Load changes nothing and tells file:line and the reason.
	Load(files []string) error
	// Reload is Load with the same files, read anew; it works on the one script with that
	// index, or on all for -1. By says who asks for it, for those who list versions.
	Reload(index int, by string) error
	// Files are the scripts in their order.
	Files() []string
	// Run calls a function with arguments on a state of the context's shard. If the present
	// script lacks it, the version that armed the callback is asked.
	Run(c *Ctx, cb route.Callback, args ...Value) route.Outcome
	// Has tells whether the present script defines the function.
	Has(function string) bool
	// Version is the script version that the context's route runs on, to be kept in the
	// callbacks that it arms; without a route it is the present one.
	Version(c *Ctx) any
	// Check reads the scripts without running routes: syntax, and calls of KSR functions
	// that do not exist.
	Check(files []string) []Finding
	// Close ends the engine.
	Close()
}

// EngineHost is what an engine needs of the server.
type EngineHost struct {
	Server   *Server
	Registry *Registry
	Shards   int
	Limits   ScriptLimits
}

// Finding is something that Check found in a script.
type Finding struct {
	File         string
	Line, Column int
	Text         string // the source line
	Message      string
	Hint         string // what would be right
	Fatal        bool   // the script cannot be loaded at all
	Warning      bool   // it may be meant so: a check that finds only these passes
	Check        string // which check found it: "syntax", "file", "name", "arguments", "variable", "callback", "route", "module", "require" or "global"
}

// String is the finding as compilers write theirs: place, message, the line, the hint.
func (f Finding) String() string {
	kind := ""
	if f.Warning {
		kind = "warning: "
	}
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
	}
	text := where + ": " + kind + f.Message
	if f.Text != "" {
		text += "\n\t" + f.Text + "\n\t" + strings.Map(blank, f.Text[:min(max(0, f.Column-1), len(f.Text))]) + "^"
	}
	if f.Hint != "" {
		text += "\n\thint: " + f.Hint
	}
	return text
}

// blank keeps tabs, so that a mark below a line stands right whatever their width is.
func blank(r rune) rune {
	if r == '\t' {
		return r
	}
	return ' '
}

// ScriptLister is a module that names the script files (app_lua).
type ScriptLister interface{ Scripts() []string }

// CheckScripts reads the scripts that the configuration names without running them.
func (s *Server) CheckScripts() []Finding {
	var found []Finding
	for _, in := range s.Registry.Modules() {
		if l, ok := in.State.(ScriptLister); ok {
			found = append(found, s.Engine.Check(l.Scripts())...)
		}
	}
	return found
}
