package textops

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var substFuncs = funcs{
	{Name: "subst", Args: "expression str", Returns: kemi.Code, Doc: "substitutes in headers and body by /pattern/replacement/flags (g all, i any case, s lines do not count): 1 or -1; the replacement may hold \\0 to \\9 and variables",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.substIn(c, "subst", whole(c), a.Str(0))
		}},
	{Name: "subst_body", Args: "expression str", Returns: kemi.Code, Doc: "subst in the body",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.substIn(c, "subst_body", body(c), a.Str(0))
		}},
	{Name: "subst_hf", Args: "name str, expression str, mode str", Returns: kemi.Code, Call: (*state).substHeader, Doc: "subst in the values of headers of a name: mode f the first, l the last, else all"},
	{Name: "subst_uri", Args: "expression str", Returns: kemi.Code, Call: (*state).substURI, Doc: "subst in the request URI"},
	{Name: "subst_user", Args: "expression str", Returns: kemi.Code, Call: (*state).substUser, Doc: "subst in the user of the request URI"},
	{Name: "subst_v", Args: "text str, expression str, var str", Returns: kemi.Code, Call: (*state).substVar, Doc: "subst in a text; sets the variable to the result"},
}

func (s *state) substIn(c *kemi.Ctx, function string, r region, expression string) kemi.Value {
	x := s.subst(c, function, expression)
	return code(x != nil && r.text != "" && edit(c, x, r))
}

// edit records what an expression changes.
func edit(c *kemi.Ctx, x *subst, r region) bool {
	list := x.changes(c, r.text)
	for _, ch := range list {
		c.Msg.Edits.Replace(r.at+ch.from, ch.to-ch.from, ch.text)
	}
	return len(list) > 0
}

func (s *state) substHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.subst(c, "subst_hf", a.Str(1))
	if x == nil || a.Str(0) == "" || a.Str(2) == "" {
		return no
	}
	found := false
	for _, h := range chosen(c, a.Str(0), a.Str(2)) {
		if at := c.Msg.Offset(h.Value); at >= 0 && edit(c, x, region{h.Value, at}) {
			found = true
		}
	}
	return code(found)
}

func (s *state) substURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.subst(c, "subst_uri", a.Str(0))
	if x == nil {
		return no
	}
	uri, ok := x.apply(c, c.Msg.CurrentURI())
	if !ok {
		return no
	}
	c.Msg.SetURI(uri)
	return yes
}

func (s *state) substUser(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.subst(c, "subst_user", a.Str(0))
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if x == nil || err != nil {
		return no
	}
	user, ok := x.apply(c, u.User)
	if !ok {
		return no
	}
	c.Msg.SetURI(route.WithUser(&u, user))
	return yes
}

func (s *state) substVar(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x := s.subst(c, "subst_v", a.Str(1))
	if x == nil {
		return no
	}
	text, ok := x.apply(c, a.Str(0))
	if !ok {
		return no
	}
	return set(c, "subst_v", a.Str(2), text)
}

// parseTran checks the expression of {re.subst,…} when a script first uses it.
func (s *state) parseTran(a *kemi.TranArgs) (any, error) {
	x := s.compiled(a.Str(0))
	return x, x.err
}

func (s *state) tran(c *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	x, ok := a.Data.(*subst)
	if !ok || v.Text() == "" {
		return kemi.Null
	}
	text, _ := x.apply(c, v.Text())
	return kemi.Str(text)
}
