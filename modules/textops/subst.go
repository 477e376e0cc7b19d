package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var substFuncs = funcs{
	{Name: "subst", Args: "expression str", Returns: kemi.Code, Call: substituter(afterStartLine), Doc: "substitutes with /pattern/replacement/flags behind the start line: 1, -1 without a match"},
	{Name: "subst_body", Args: "expression str", Returns: kemi.Code, Call: substituter(body), Doc: "subst in the body"},
	{Name: "subst_hf", Args: "name str, expression str, which str", Returns: kemi.Code, Call: (*state).substHeader, Doc: "subst in the values of the headers of a name: in the first with f, the last with l, else in all"},
	{Name: "subst_uri", Args: "expression str", Returns: kemi.Code, Call: (*state).substURI, Doc: "subst in the request URI; the script sees the result at once"},
	{Name: "subst_user", Args: "expression str", Returns: kemi.Code, Call: (*state).substUser, Doc: "subst in the user of the request URI; the script sees the result at once"},
	{Name: "subst_v", Args: "text str, expression str, variable str", Returns: kemi.Code, Call: (*state).substVar, Doc: "subst in a text, whose result goes to a variable; -1 without a match, and the variable stays"},
}

// substituter makes a function that substitutes in a part of the message.
func substituter(where region) call {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		e := s.expression(c, a.Str(0))
		if e == nil {
			return no
		}
		from, to := where(c.Msg)
		return code(e.edit(c, from, to) > 0)
	}
}

// edit substitutes in a part of the message and tells how often.
func (e *expression) edit(c *kemi.Ctx, from, to int) int {
	list, _ := e.changes(c, c.Msg.Raw[from:to])
	for _, x := range list {
		edit(c, from+x.from, x.to-x.from, x.text)
	}
	return len(list)
}

func (s *state) substHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	head, _ := findHeader(c, a.Str(0))
	e := s.expression(c, a.Str(1))
	if head == nil || e == nil {
		return no
	}
	n := 0
	each(c, head, a.Str(2), func(h *sip.Header) {
		if at := c.Msg.Offset(h.Value); at >= 0 {
			n += e.edit(c, at, at+len(h.Value))
		}
	})
	return code(n > 0)
}

func (s *state) substURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	e := s.expression(c, a.Str(0))
	if e == nil {
		return no
	}
	uri, n := e.apply(c, c.Msg.CurrentURI())
	if n <= 0 || uri == "" {
		return no
	}
	c.Msg.SetURI(uri)
	return yes
}

func (s *state) substUser(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	e := s.expression(c, a.Str(0))
	uri := c.Msg.CurrentURI()
	u, err := c.Shard.ParseURI(uri)
	if e == nil || err != nil {
		return no
	}
	old := u.User
	user, n := e.apply(c, old)
	if n <= 0 {
		return no
	}
	at := strings.IndexByte(uri, ':') + 1
	if !strings.HasPrefix(uri[at:], old) {
		return no
	}
	rest := uri[at+len(old):]
	if user == "" {
		rest = strings.TrimPrefix(rest, "@")
	}
	c.Msg.SetURI(uri[:at] + user + rest)
	return yes
}

func (s *state) substVar(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v := s.variable(c, a.Str(2))
	e := s.expression(c, a.Str(1))
	if v == nil || e == nil {
		return no
	}
	text, n := e.apply(c, a.Str(0))
	return code(n > 0 && v.Set(c, kemi.Str(text)))
}

func (s *state) parseSubst(a *kemi.TranArgs) (any, error) { return s.parse(a.Str(0)) }

// transform is re.subst. The incumbent gives null for an empty text.
func (s *state) transform(c *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	e, ok := a.Data.(*expression)
	if !ok || v.Text() == "" {
		return kemi.Null
	}
	text, n := e.apply(c, v.Text())
	if n < 0 {
		return kemi.Null
	}
	return kemi.Str(text)
}
