package pv_headers

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var headerVars = kemi.Vars[state]{
	{Name: "x_hdr", Named: true, Index: true, Dynamic: true, Get: getHeader, Set: setHeader, Doc: "a collected header; a write without an index adds one, [i] changes the i-th, negative from the end, [*] puts one in the place of all; null removes"},
}

func getHeader(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	list := s.read(c)
	i, ok := a.Index(c)
	if i < 0 {
		i += count(list, a.Inner)
	}
	if !ok || i < 0 {
		return kemi.Null
	}
	e := header(list, a.Inner, i)
	if isGone(e) {
		return kemi.Null
	}
	return kemi.Str(text(e))
}

func setHeader(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	if c.Msg == nil || s.read(c) == nil {
		return false
	}
	i, ok := a.Index(c)
	if !ok {
		return false
	}
	value := gone
	if !v.IsNull() {
		t, ok := expand(c, v)
		if !ok {
			return false
		}
		value = route.TextValue(t)
	}
	list := s.write(c)
	done := place(list, a, i, value)
	s.changed(c, list)
	return done
}

// place writes a value as the index says.
func place(list *route.XAVPs, a *kemi.VarArgs, i int, v route.Value) bool {
	n := count(list, a.Inner)
	switch {
	case a.IndexAll():
		if n > 1 {
			list.RemoveAll(strings.ToLower(a.Inner))
		}
		return set(list, a.Inner, 0, v)
	case !a.HasIndex() && v.Data == nil:
		add(list, a.Inner, v)
		return true
	}
	return set(list, a.Inner, i, v)
}

// expand replaces variables in a value that is written, as the incumbent does; false if one is wrong.
func expand(c *kemi.Ctx, v kemi.Value) (string, bool) {
	value := v.Text()
	if strings.IndexByte(value, '$') < 0 {
		return value, true
	}
	f, err := c.Server.Registry.Format(value)
	if err != nil {
		return "", false
	}
	return f.Text(c), true
}
