package app_lua

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) list(c *rpc.Call) error {
	for i, file := range s.server.Engine.Files() {
		c.Add(fmt.Sprintf("%d: [%s]", i, file))
	}
	return nil
}

func (s *state) reloadScripts(c *rpc.Call) error {
	index := -1
	if c.Len() > 0 {
		n, err := c.Int(0)
		if err != nil {
			return err
		}
		index = int(n)
	}
	if err := s.server.Engine.Reload(index); err != nil {
		return c.Fault(500, "Reload Failed: %s", strings.TrimPrefix(err.Error(), "lua: "))
	}
	return nil
}

// apiList gives all functions of KSR but those of KSR.x, as the incumbent does.
func (s *state) apiList(c *rpc.Call) error {
	registry := s.server.Registry
	all := registry.Functions(coreTable)
	for _, table := range registry.Tables() {
		if table != coreTable && table != exitTable {
			all = append(all, registry.Functions(table)...)
		}
	}
	answer := c.AddStruct()
	answer.Add("msize", len(all))
	methods := answer.List("methods")
	for _, f := range all {
		methods.AddNamed("func", describe(f))
	}
	return nil
}

func describe(f *kemi.BoundFunc) *rpc.Struct {
	result, module := f.Returns.String(), f.Table
	if f.Returns == kemi.NoResult {
		result = "none"
	}
	if module == coreTable {
		module = ""
	}
	return new(rpc.Struct).Add("ret", result).Add("module", module).Add("name", f.Name).Add("params", params(f.Args))
}

func params(args []kemi.Arg) string {
	if len(args) == 0 {
		return "none"
	}
	kinds := make([]string, len(args))
	for i, a := range args {
		kinds[i] = "int"
		if a.Kind == kemi.KindStr {
			kinds[i] = "str"
		}
	}
	return strings.Join(kinds, ", ")
}
