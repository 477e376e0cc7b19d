package kemi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/nearest"
)

// openModules opens what the configuration loads, and sets the parameters.
func (s *Server) openModules(o *Options) error {
	chosen, problems := chooseModules(o)
	if len(problems) > 0 {
		return problems
	}
	r, err := newRegistry(chosen)
	if err != nil {
		return err
	}
	s.Registry, s.offered = r, o.Modules
	if problems := s.setParams(o); len(problems) > 0 {
		return problems
	}
	return nil
}

// chooseModules puts the modules that are always there first, then the configured ones in their order.
func chooseModules(o *Options) ([]Module, config.Errors) {
	byName := map[string][]Module{}
	for _, m := range o.Modules {
		byName[m.Info().Name] = append(byName[m.Info().Name], m)
	}
	var chosen []Module
	seen := map[string]bool{}
	var take func(name string)
	take = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, m := range byName[name] {
			for _, need := range m.Info().Needs {
				take(need)
			}
		}
		chosen = append(chosen, byName[name]...)
	}
	for _, name := range o.Always {
		take(name)
	}
	var problems config.Errors
	for _, line := range o.Config.Modules {
		if byName[line.Name] == nil {
			hint := "moonroute api --modules lists the modules of this build"
			if near := nearest.Word(line.Name, maps.Keys(byName)); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			problems = append(problems, o.Config.Diagnostic(line.Pos, fmt.Sprintf("unknown module %q", line.Name), hint))
			continue
		}
		take(line.Name)
	}
	return chosen, problems
}

// setParams sets the modparam lines, each on every loaded module that its pattern matches.
func (s *Server) setParams(o *Options) config.Errors {
	var problems config.Errors
	for i := range o.Config.Params {
		line := &o.Config.Params[i]
		if d, bad := s.setParam(o.Config, line); bad {
			problems = append(problems, d)
		}
	}
	return problems
}

func (s *Server) setParam(cfg *config.Config, line *config.Param) (problem config.Diagnostic, bad bool) {
	v := ParamValue{IsStr: line.Value.Kind == config.Str, Int: int(line.Value.Int), Str: line.Value.Str}
	matched := false
	for _, in := range s.Registry.Modules() {
		if !line.Matches(in.Info.Name) || s.Registry.Module(in.Info.Name) != in {
			continue
		}
		matched = true
		if _, ok := in.params[line.Name]; !ok {
			return cfg.Diagnostic(line.NamePos, fmt.Sprintf("module %q has no parameter %q", in.Info.Name, line.Name), in.paramHint(line.Name)), true
		}
		if err := in.setParam(line.Name, v); err != nil {
			return cfg.Diagnostic(line.ValuePos, err.Error(), ""), true
		}
	}
	if !matched {
		return cfg.Diagnostic(line.ModulePos, fmt.Sprintf("modparam for module %q, which is not loaded", line.Module),
			fmt.Sprintf("loadmodule %q must stand before it", line.Module+".so")), true
	}
	return config.Diagnostic{}, false
}

// Offers names the module of this build, loaded or not, whose functions stand in a KSR table; empty if there is none.
func (s *Server) Offers(table string) string {
	for _, m := range s.offered {
		if m.Info().Table == table && len(m.Info().Funcs) > 0 {
			return m.Info().Name
		}
	}
	return ""
}

func (in *Instance) paramHint(name string) string {
	if near := nearest.Word(name, maps.Keys(in.params)); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "its parameters are " + strings.Join(in.paramNames(), ", ")
}

func (in *Instance) paramNames() []string {
	if len(in.params) == 0 {
		return []string{"none"}
	}
	names := make([]string, 0, len(in.params))
	for name := range in.params {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
