package kemi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Runtime is what operators may read and change while the server runs: the groups of
// variables behind cfg.get and cfg.set, which are also read by $sel(cfg_get.group.name).
//
// A group has variables of the server or a module, or those that the configuration file
// makes (group.name = value desc "…"). The table itself does not change after the start.
type Runtime struct {
	groups []*RuntimeGroup // the newest first, as cfg.list shows them
	byName map[string]*RuntimeGroup

	mu      sync.Mutex // guards what follows and orders changes
	pending []RuntimeChange
	initial map[*RuntimeVar]Value // before the first change, for Reset
}

// RuntimeGroup is one group of variables.
type RuntimeGroup struct {
	Name string
	Vars []*RuntimeVar

	byName    map[string]*RuntimeVar
	instances map[int]map[string]Value // values of "group[id]" that differ; guarded by Runtime.mu
}

// RuntimeVar is one variable.
type RuntimeVar struct {
	Name string
	Kind ValueKind // KindInt or KindStr
	Doc  string
	// Get reads the value and Set checks and changes it, both from any goroutine. Without
	// Set the variable cannot be changed while the server runs.
	Get func() Value
	Set func(Value) error
}

// RuntimeRef names a group, or one instance of it: "tm" or "tm[3]".
type RuntimeRef struct {
	Group    string
	ID       int
	Instance bool
}

// Errors of the runtime configuration.
var (
	ErrNoRuntimeVar = errors.New("kemi: no such runtime variable")
	ErrReadOnly     = errors.New("kemi: the variable cannot be changed while the server runs")
	ErrNoInstance   = errors.New("kemi: no such group instance")
	ErrWrongKind    = errors.New("kemi: the value is not a number")
)

func newRuntime() *Runtime {
	return &Runtime{byName: map[string]*RuntimeGroup{}, initial: map[*RuntimeVar]Value{}}
}

// Add puts variables into a group; a name that is there already keeps its meaning. It is for a module's Start.
func (r *Runtime) Add(group string, vars ...RuntimeVar) {
	g := r.byName[group]
	if g == nil {
		g = &RuntimeGroup{Name: group, byName: map[string]*RuntimeVar{}, instances: map[int]map[string]Value{}}
		r.byName[group] = g
		r.groups = slices.Insert(r.groups, 0, g)
	}
	for _, v := range vars {
		if g.byName[v.Name] == nil {
			g.byName[v.Name] = &v
			g.Vars = append(g.Vars, &v)
		}
	}
}

// Groups are all groups, the last one added first.
func (r *Runtime) Groups() []*RuntimeGroup { return r.groups }

// Group finds a group; nil if there is none.
func (r *Runtime) Group(name string) *RuntimeGroup { return r.byName[name] }

// Var finds a variable; nil if there is none.
func (r *Runtime) Var(group, name string) *RuntimeVar {
	if g := r.byName[group]; g != nil {
		return g.byName[name]
	}
	return nil
}

// ParseRuntimeRef reads "group" or "group[id]".
func ParseRuntimeRef(text string) (RuntimeRef, error) {
	name, rest, bracket := strings.Cut(text, "[")
	if !bracket {
		return RuntimeRef{Group: text}, nil
	}
	digits, end := strings.CutSuffix(rest, "]")
	id, err := strconv.ParseUint(digits, 10, 31)
	if !end || err != nil || name == "" {
		return RuntimeRef{}, fmt.Errorf("group %q: want group or group[id]", text)
	}
	return RuntimeRef{Group: name, ID: int(id), Instance: true}, nil
}

// Get reads a variable.
func (r *Runtime) Get(ref RuntimeRef, name string) (Value, error) {
	v := r.Var(ref.Group, name)
	if v == nil {
		return Null, fmt.Errorf("%s.%s: %w", ref.Group, name, ErrNoRuntimeVar)
	}
	if !ref.Instance {
		return v.Get(), nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.get(ref, v)
}

// get reads a variable under the lock.
func (r *Runtime) get(ref RuntimeRef, v *RuntimeVar) (Value, error) {
	if !ref.Instance {
		return v.Get(), nil
	}
	values := r.byName[ref.Group].instances[ref.ID]
	if values == nil {
		return Null, fmt.Errorf("%s[%d]: %w", ref.Group, ref.ID, ErrNoInstance)
	}
	if own, ok := values[v.Name]; ok {
		return own, nil
	}
	return v.Get(), nil
}

// Set changes a variable at once. A text of digits will do for a number, and a number for a text.
func (r *Runtime) Set(ref RuntimeRef, name string, x Value) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set(ref, name, x)
}

func (r *Runtime) set(ref RuntimeRef, name string, x Value) error {
	v, x, err := r.changeable(ref, name, x)
	if err != nil {
		return err
	}
	if ref.Instance {
		r.byName[ref.Group].instances[ref.ID][name] = x
		return nil
	}
	before := v.Get()
	if err := v.Set(x); err != nil {
		return fmt.Errorf("%s.%s: %w", ref.Group, name, err)
	}
	if _, known := r.initial[v]; !known {
		r.initial[v] = before
	}
	return nil
}

// changeable finds the variable and turns the value into its kind.
func (r *Runtime) changeable(ref RuntimeRef, name string, x Value) (*RuntimeVar, Value, error) {
	v := r.Var(ref.Group, name)
	if v == nil {
		return nil, x, fmt.Errorf("%s.%s: %w", ref.Group, name, ErrNoRuntimeVar)
	}
	if v.Set == nil {
		return nil, x, fmt.Errorf("%s.%s: %w", ref.Group, name, ErrReadOnly)
	}
	if ref.Instance && r.byName[ref.Group].instances[ref.ID] == nil {
		return nil, x, fmt.Errorf("%s[%d]: %w", ref.Group, ref.ID, ErrNoInstance)
	}
	x, err := convert(x, v.Kind)
	return v, x, err
}

func convert(x Value, kind ValueKind) (Value, error) {
	if kind == KindStr {
		return Str(x.Text()), nil
	}
	if x.Kind() == KindInt {
		return x, nil
	}
	n, err := strconv.Atoi(x.Text())
	if err != nil {
		return x, fmt.Errorf("%q: %w", x.Text(), ErrWrongKind)
	}
	return Int(n), nil
}
