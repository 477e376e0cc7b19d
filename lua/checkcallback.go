package lua

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/nearest"
	"github.com/moonroute/moonroute/kemi"
)

// namesFunction gives the script function that a call of a KSR function names, where it stands there as a text.
func namesFunction(f *kemi.BoundFunc, call *ast.FuncCallExpr) string {
	if f.Arms == 0 {
		return ""
	}
	for i, arg := range f.Args {
		if arg.Name != "route" && arg.Name != "function" || i >= len(call.Args) {
			continue
		}
		if text, ok := call.Args[i].(*ast.StringExpr); ok && text.Value != "0" {
			return text.Value
		}
	}
	return ""
}

// armed tells of armed functions that no file defines.
func (c *checker) armed(s *script, f *kemi.BoundFunc, call *ast.FuncCallExpr) {
	target := namesFunction(f, call)
	if target == "" || c.defined[target] {
		return
	}
	found := s.finding("callback", call.Line(), target)
	found.Message, found.Hint = c.undefined(target)
	found.Warning = !c.whole
	c.add(found)
}

func (c *checker) undefined(target string) (message, hint string) {
	return "no script defines the function " + target, meant("", nearest.Word(target, slices.Values(keys(c.defined))))
}

// params looks at the functions that parameters of the configuration name.
func (c *checker) params() {
	server := c.engine.host.Server
	if server == nil || server.Config == nil {
		return
	}
	cfg := server.Config
	for i := range cfg.Params {
		p := &cfg.Params[i]
		for _, in := range c.registry.Modules() {
			if p.Matches(in.Info.Name) && namesEvent(in.Info, p.Name) {
				c.configured(cfg, p.ValuePos, functionIn(p.Value.Str))
			}
		}
	}
	for _, set := range cfg.Globals {
		if strings.HasPrefix(set.Name, "kemi.") && strings.HasSuffix(set.Name, "_route_callback") && set.Value.Str != "none" {
			c.configured(cfg, set.ValuePos, set.Value.Str)
		}
	}
}

func namesEvent(info *kemi.Info, param string) bool {
	return slices.ContainsFunc(info.Events, func(e kemi.Event) bool { return e.Param == param })
}

// functionIn is the function in a parameter: the whole value, or in "timer=t;route=f" and "t=f,100" a part of it.
func functionIn(value string) string {
	if _, after, ok := strings.Cut(value, "route="); ok {
		value, _, _ = strings.Cut(after, ";")
	} else if _, after, ok := strings.Cut(value, "="); ok {
		value, _, _ = strings.Cut(after, ",")
	}
	return strings.TrimSpace(value)
}

// configured tells of a function that the configuration names and no file defines.
func (c *checker) configured(cfg *config.Config, at config.Pos, target string) {
	if target == "" || c.defined[target] {
		return
	}
	message, hint := c.undefined(target)
	d := cfg.Diagnostic(at, message, hint)
	c.add(kemi.Finding{
		File: at.File, Line: at.Line, Column: at.Column, Text: d.Text, Message: message, Hint: hint, Check: "callback", Warning: !c.whole,
	})
}
