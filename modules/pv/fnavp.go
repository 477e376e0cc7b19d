package pv

import "github.com/moonroute/moonroute/kemi"

var avpFuncs = kemi.Funcs[state]{
	{Name: "avp_get", Args: "name str", Returns: kemi.AnyValue, Call: avpOr(kemi.Null), Doc: "newest AVP of a name; nil if there is none"},
	{Name: "avp_gete", Args: "name str", Returns: kemi.AnyValue, Call: avpOr(kemi.Str("")), Doc: "newest AVP of a name; empty if there is none"},
	{Name: "avp_getw", Args: "name str", Returns: kemi.AnyValue, Call: avpOr(kemi.Str(kemi.NullText)), Doc: `newest AVP of a name; "<null>" if there is none`},
	{Name: "avp_seti", Args: "name str, value int", Returns: kemi.Code, Call: (*state).avpSet, Doc: "adds an AVP with a number"},
	{Name: "avp_sets", Args: "name str, value str", Returns: kemi.Code, Call: (*state).avpSet, Doc: "adds an AVP with a text"},
	{Name: "avp_rm", Args: "name str", Returns: kemi.Code, Call: (*state).avpRemove, Doc: "takes all AVPs of a name away; always 1"},
	{Name: "avp_is_null", Args: "name str", Returns: kemi.Code, Call: (*state).avpIsNull, Doc: "1 if there is no AVP of the name or its value is 0 or empty, else -1"},
}

// avpOr reads the newest AVP. The name is taken as it stands: no s: or i:, no alias.
func avpOr(other kemi.Value) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if x := s.vars(c).AVP.At(0, a.Str(0), 0); x != nil {
			return fromRoute(&x.Value)
		}
		return other
	}
}

func (s *state) avpSet(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(0) == "" {
		return no
	}
	s.vars(c).AVP.Push(0, a.Str(0), toRoute(argument(a, 1)))
	return yes
}

func (s *state) avpRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	s.vars(c).AVP.RemoveAll(0, a.Str(0))
	return yes
}

func (s *state) avpIsNull(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.vars(c).AVP.At(0, a.Str(0), 0)
	if x == nil || x.Value.Num == 0 && x.Value.Text == "" {
		return yes
	}
	return no
}
