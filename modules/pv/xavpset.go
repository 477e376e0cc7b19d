package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// setXAVP writes an entry. Levels without an index are added. Those with one are looked up: where the index of a list
// finds nothing, nothing is written, which counts as a success.
func setXAVP(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	p, vars := a.Data.(*xavpPath), s.vars(c)
	if v.IsNull() {
		return p.unset(c, vars)
	}
	list := p.tree.of(vars)
	last := len(p.steps) - 1
	for i := range p.steps[:last] {
		step := &p.steps[i]
		if !step.given && !step.all {
			list = pushList(list, step.name)
			continue
		}
		e := step.find(c, list)
		if step.all || e == nil {
			return true
		}
		if list = e.Value.List; list == nil {
			return false
		}
	}
	return p.steps[last].put(c, list, toRoute(v), last == 0)
}

// pushList adds an entry that is a list.
func pushList(list *route.XAVPs, name string) *route.XAVPs {
	below := new(route.XAVPs)
	list.Push(route.XAVP{Name: name, Value: route.Value{List: below}})
	return below
}

// put writes the value of the last step. In the outermost list an index has to find an entry.
func (x *xavpStep) put(c *kemi.Ctx, list *route.XAVPs, v route.Value, outermost bool) bool {
	if x.given || x.all && outermost {
		e := x.find(c, list)
		if x.all || e == nil {
			return !outermost
		}
		e.Value = v
		return true
	}
	list.Push(route.XAVP{Name: x.name, Value: v})
	return true
}

// unset takes the named entry away. What is not there counts as taken away.
func (p *xavpPath) unset(c *kemi.Ctx, vars *route.Vars) bool {
	list := p.level(c, vars)
	if list == nil {
		return true
	}
	x := &p.steps[len(p.steps)-1]
	if x.all {
		list.RemoveAll(x.name)
	} else if i := x.at(c, list); i >= 0 {
		list.Remove(x.name, i)
	}
	return true
}

// setXAVU writes the one entry of each name.
func setXAVU(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	p, vars := a.Data.(*xavpPath), s.vars(c)
	if v.IsNull() {
		return p.unset(c, vars)
	}
	list := p.tree.of(vars)
	last := len(p.steps) - 1
	for i := range p.steps[:last] {
		list = below(list, p.steps[i].name)
	}
	setOnly(list, p.steps[last].name, toRoute(v))
	return true
}

// below is the list under a name, made if it is not there yet.
func below(list *route.XAVPs, name string) *route.XAVPs {
	e := list.At(name, 0)
	if e == nil {
		list.Push(route.XAVP{Name: name})
		e = list.At(name, 0)
	}
	if e.Value.List == nil {
		e.Value = route.Value{List: new(route.XAVPs)}
	}
	return e.Value.List
}

// setOnly gives a name its one value.
func setOnly(list *route.XAVPs, name string, v route.Value) {
	if e := list.At(name, 0); e != nil {
		e.Value = v
		return
	}
	list.Push(route.XAVP{Name: name, Value: v})
}
