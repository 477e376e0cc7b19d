package kemi

import (
	"fmt"
	"slices"
	"sort"
)

// Registry is what the modules of one server offer, by the names that scripts and
// operators use. It does not change after the start.
type Registry struct {
	modules []*Instance
	byName  map[string]*Instance
	tables  map[string]map[string]*BoundFunc
	pv      pvTable
}

// newRegistry opens the modules and checks that no name is taken twice.
func newRegistry(modules []Module) (*Registry, error) {
	r := &Registry{byName: map[string]*Instance{}, tables: map[string]map[string]*BoundFunc{}}
	r.pv.init()
	for _, m := range modules {
		in, err := m.open()
		if err != nil {
			return nil, err
		}
		if err := r.add(in); err != nil {
			return nil, fmt.Errorf("module %s: %w", in.Info.Name, err)
		}
	}
	return r, nil
}

func (r *Registry) add(in *Instance) error {
	r.modules = append(r.modules, in)
	if r.byName[in.Info.Name] == nil {
		r.byName[in.Info.Name] = in
	}
	table := r.tables[in.Info.Table]
	if table == nil {
		table = map[string]*BoundFunc{}
		r.tables[in.Info.Table] = table
	}
	for _, f := range in.funcs {
		if table[f.Name] != nil {
			return fmt.Errorf("KSR.%s.%s is defined twice", in.Info.Table, f.Name)
		}
		table[f.Name] = f
	}
	return r.pv.add(in)
}

// Tables are the names of the KSR tables, sorted; "core" is KSR itself.
func (r *Registry) Tables() []string {
	names := make([]string, 0, len(r.tables))
	for name := range r.tables {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Functions are the functions of a KSR table, sorted by name.
func (r *Registry) Functions(table string) []*BoundFunc {
	list := make([]*BoundFunc, 0, len(r.tables[table]))
	for _, f := range r.tables[table] {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *BoundFunc) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}

// Function finds one function; nil if there is none.
func (r *Registry) Function(table, name string) *BoundFunc { return r.tables[table][name] }

// Module finds a loaded module by its name in loadmodule; nil if it is not loaded.
func (r *Registry) Module(name string) *Instance { return r.byName[name] }

// Modules are the loaded modules in their order.
func (r *Registry) Modules() []*Instance { return r.modules }
