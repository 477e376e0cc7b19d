package app_lua

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) list(c *rpc.Call) error {
	for i, file := range s.server.Engine.Files() {
		c.Add(fmt.Sprintf("%d: [%s]", i, file))
	}
	r, ok := s.server.Engine.(kemi.ScriptReporter)
	if !ok {
		return nil
	}
	v, loaded := r.Present()
	if !loaded {
		return nil
	}
	answer := c.AddStruct().Add("version", v.Number).Add("hash", v.Hash).Add("loaded", v.Loaded.Format(time.DateTime)).Add("by", v.By)
	files := answer.List("files")
	for _, file := range v.Files {
		files.Add(file)
	}
	s.older(answer)
	return nil
}

// older tells how many transactions hold which older version.
func (s *state) older(answer *rpc.Struct) {
	holders := s.server.Holders()
	older := answer.List("older")
	for _, n := range slices.Sorted(maps.Keys(holders)) {
		older.Struct("").Add("version", n).Add("transactions", holders[n])
	}
}

// limits tells what scripts may take and what they tried to.
func (s *state) limits(c *rpc.Call) error {
	names := s.limited.Libraries
	if names == "" {
		names = strings.Join(libraries, " ")
	}
	counts := s.counts()
	answer := c.AddStruct().Add("time_limit", s.limited.Time.String()).Add("memory_limit", s.limited.Memory).
		Add("states", s.limited.States).Add("libraries", names)
	answer.Struct("hits").Add("time_limit", counts.TimeLimit).Add("memory_limit", counts.MemoryLimit).
		Add("stack", counts.StackLimit).Add("states", counts.StateLimit)
	answer.Add("failures", counts.Failures)
	return nil
}

func (s *state) counts() kemi.ScriptCounts {
	if s.server == nil {
		return kemi.ScriptCounts{}
	}
	if r, ok := s.server.Engine.(kemi.ScriptReporter); ok {
		return r.Counts()
	}
	return kemi.ScriptCounts{}
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
	if err := s.server.Reload(index, asker(c)); err != nil {
		return c.Fault(500, "Reload Failed: %s", strings.TrimPrefix(err.Error(), "lua: "))
	}
	return nil
}

// asker names who asks for a reload.
func asker(c *rpc.Call) string {
	if client := c.Client(); client != "" {
		return "rpc " + client
	}
	return "rpc"
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
