package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var branchFuncs = kemi.Funcs[state]{
	{Name: "sbranch_reset", Returns: kemi.Code, Call: (*state).resetBranch, Doc: "empties $sbranch; always 1"},
	{Name: "sbranch_append", Returns: kemi.Code, Call: (*state).appendBranch, Doc: "adds $sbranch as a branch; -1 without a URI"},
	{Name: "sbranch_set_ruri", Returns: kemi.Code, Call: (*state).branchToURI, Doc: "makes $sbranch the first branch: request URI, destination and the rest; -1 without a URI"},
	{Name: "xavp_push_dst", Args: "name str", Returns: kemi.Code, Call: (*state).pushDestination, Doc: "adds the newest XAVP of a name as a branch, its children named as the fields of $branch; -1 without a URI"},
}

func (s *state) resetBranch(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	s.worker(c).branch = route.Branch{}
	return yes
}

func (s *state) appendBranch(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || !appendBranch(c.Msg, s.worker(c).branch) {
		return no
	}
	return yes
}

func (s *state) branchToURI(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	b := &s.worker(c).branch
	if c.Msg == nil || b.URI == "" {
		return no
	}
	c.Msg.Target = *b
	return yes
}

func (s *state) pushDestination(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	list := children(s, c, xavpKind, a)
	if list == nil || c.Msg == nil {
		return no
	}
	b := route.Branch{Q: route.QUnset}
	for _, x := range list.List() {
		if f := branchFields[x.Name]; f != nil && f.set != nil {
			f.set(c, &b, xavpValue(xavpKind, &x))
		}
	}
	if !appendBranch(c.Msg, b) {
		return no
	}
	return yes
}
