package cfg_rpc

import (
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) list(c *rpc.Call) error {
	only := c.StrOpt(0, "")
	for _, g := range s.srv.Runtime.Groups() {
		if only != "" && g.Name != only {
			continue
		}
		for _, v := range g.Vars {
			c.Add(g.Name + ": " + v.Name)
		}
	}
	return nil
}

func (s *state) get(c *rpc.Call) error {
	group, err := c.Str(0)
	if err != nil {
		return c.Fault(500, "Failed to get the parameters")
	}
	ref, err := groupRef(c, group)
	if err != nil {
		return err
	}
	if c.Len() < 2 {
		return s.getGroup(c, ref)
	}
	name, err := c.Str(1)
	if err != nil {
		return err
	}
	x, err := s.srv.Runtime.Get(ref, name)
	if err != nil {
		return c.Fault(400, "Failed to get the variable")
	}
	c.Add(rpcValue(x))
	return nil
}

// getGroup answers with all values; an unknown group has none.
func (s *state) getGroup(c *rpc.Call, ref kemi.RuntimeRef) error {
	out := c.AddStruct()
	g := s.srv.Runtime.Group(ref.Group)
	if g == nil {
		return nil
	}
	for _, v := range g.Vars {
		x, err := s.srv.Runtime.Get(ref, v.Name)
		if err != nil {
			return c.Fault(400, "Failed to get the variable")
		}
		out.Add(v.Name, rpcValue(x))
	}
	return nil
}

func (s *state) help(c *rpc.Call) error {
	group, err := c.Str(0)
	if err != nil {
		return err
	}
	name, err := c.Str(1)
	if err != nil {
		return err
	}
	ref, err := groupRef(c, group)
	if err != nil {
		return err
	}
	v := s.srv.Runtime.Var(ref.Group, name)
	if v == nil {
		return c.Fault(400, "Failed to get the variable description")
	}
	c.Add(v.Doc, "(parameter type is "+kindNames[v.Kind]+")")
	return nil
}

var kindNames = map[kemi.ValueKind]string{kemi.KindInt: "integer", kemi.KindStr: "string"}

func groupRef(c *rpc.Call, text string) (kemi.RuntimeRef, error) {
	ref, err := kemi.ParseRuntimeRef(text)
	if err != nil {
		return ref, c.Fault(400, `Wrong group syntax. Use either "group", or "group[id]"`)
	}
	return ref, nil
}

// instanceRef is groupRef for commands that need an instance.
func instanceRef(c *rpc.Call) (kemi.RuntimeRef, error) {
	text, err := c.Str(0)
	if err != nil {
		return kemi.RuntimeRef{}, err
	}
	ref, err := kemi.ParseRuntimeRef(text)
	if err != nil || !ref.Instance {
		return ref, c.Fault(400, `Wrong group syntax. Use "group[id]"`)
	}
	return ref, nil
}

func rpcValue(x kemi.Value) rpc.Value {
	if x.Kind() == kemi.KindInt {
		return x.Int64()
	}
	return x.Text()
}
