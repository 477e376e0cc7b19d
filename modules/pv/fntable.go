package pv

import (
	"slices"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// getDeep gives all values of a name. A value without children gives its own name, as in
// the incumbent.
func getDeep(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		first := root(s, c, k, a, 0)
		if first == nil {
			return kemi.Null
		}
		if first.Value.List == nil {
			return kemi.Str(a.Str(0))
		}
		all := new(kemi.Table)
		for i := 0; ; i++ {
			e := root(s, c, k, a, i)
			if e == nil {
				return kemi.List(all)
			}
			all.Add(childTable(k, e))
		}
	}
}

func getDeepAt(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		e := root(s, c, k, a, a.Int(1))
		if e == nil || e.Value.List == nil {
			return kemi.Null
		}
		return childTable(k, e)
	}
}

// childTable lists the values of each child by its name.
func childTable(k *treeKind, e *route.XAVP) kemi.Value {
	t := new(kemi.Table)
	for _, name := range keys(e) {
		values := new(kemi.Table)
		for i := range e.Value.List.Count(name) {
			values.Add(xavpValue(k, e.Value.List.At(name, i)))
		}
		t.Set(name, kemi.List(values))
	}
	return kemi.List(t)
}

// keys are the names of the children, each once, the newest first.
func keys(e *route.XAVP) (names []string) {
	for _, x := range e.Value.List.List() {
		if !slices.Contains(names, x.Name) {
			names = append(names, x.Name)
		}
	}
	return names
}

func getKeys(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		e := root(s, c, k, a, a.Int(1))
		if e == nil || e.Value.List == nil {
			return kemi.Null
		}
		t := new(kemi.Table)
		for _, name := range keys(e) {
			t.Add(kemi.Str(name))
		}
		return kemi.List(t)
	}
}

var copyFuncs = kemi.Funcs[state]{
	{Name: "xavp_copy", Args: "source str, index int, target str", Returns: kemi.Code, Call: copyTo(true), Doc: "copies one XAVP with its children above those of another name; -1 if there is none"},
	{Name: "xavp_copy_dst", Args: "source str, index int, target str, position int", Returns: kemi.Code, Call: copyTo(false), Doc: "copies one XAVP with its children below those of another name; -1 if there is none"},
	{Name: "xavp_lshift", Args: "name str, index int", Returns: kemi.Code, Call: (*state).shift, Doc: "takes as many of the newest XAVPs of a name away as the index tells; -1 if there are not so many"},
}

func copyTo(above bool) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		e := root(s, c, xavpKind, a, a.Int(1))
		if e == nil || a.Str(2) == "" {
			return no
		}
		copied := route.XAVP{Name: a.Str(2), Value: copyValue(e.Value, xavuDepth)}
		if above {
			s.vars(c).XAVP.Push(copied)
		} else {
			s.vars(c).XAVP.Append(copied)
		}
		return yes
	}
}

// copyValue copies a value with all below it, down to a depth.
func copyValue(v route.Value, depth int) route.Value {
	if v.List == nil || depth == 0 {
		return v
	}
	list := new(route.XAVPs)
	for _, x := range v.List.List() {
		list.Append(route.XAVP{Name: x.Name, Value: copyValue(x.Value, depth-1)})
	}
	return route.Value{List: list}
}

func (s *state) shift(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	list := &s.vars(c).XAVP
	if a.Int(1) < 0 || list.Count(a.Str(0)) < a.Int(1) {
		return no
	}
	for range a.Int(1) {
		list.Remove(a.Str(0), 0)
	}
	return yes
}
