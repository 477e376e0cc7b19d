package textopsx

import (
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var memberFuncs = funcs{
	{Name: "hf_value_exists", Args: "name str, value str", Returns: kemi.Code, Call: (*state).valueExists, Doc: "a value is in the lists of the headers of a name, without regard to case: 1 or -1"},
	{Name: "include_hf_value", Args: "name str, value str", Returns: kemi.Code, Call: (*state).includeValue, Doc: "adds a value to the first header of a name, or as a header, unless it is there"},
	{Name: "exclude_hf_value", Args: "name str, value str", Returns: kemi.Code, Call: (*state).excludeValue, Doc: "takes a value out of the lists of the headers of a name"},
}

// members reads the arguments: a name without index and parameter, and a value that is not empty.
func members(c *kemi.Ctx, a *kemi.Args) (t target, list []element, ok bool) {
	t, ok = parseTarget(a.Str(0))
	if !ok || t.given || t.param != "" || a.Str(1) == "" {
		return t, nil, false
	}
	return t, elements(c.Msg.Message, &t), true
}

func (e *element) is(raw, value string) bool { return sip.EqualFold(raw[e.start:e.end], value) }

func (s *state) valueExists(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	_, list, _ := members(c, a)
	return verdict(contains(c, list, a.Str(1)))
}

func contains(c *kemi.Ctx, list []element, value string) bool {
	for i := range list {
		if list[i].is(c.Msg.Raw, value) {
			return true
		}
	}
	return false
}

func (s *state) includeValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, list, ok := members(c, a)
	switch {
	case !ok:
		return no
	case contains(c, list, a.Str(1)):
		return yes
	case len(list) == 0:
		return addHeader(c, c.Msg.HeadersEnd, t.name, a.Str(1))
	}
	_, end := valuePlace(c.Msg.Message, list[0].header)
	c.Msg.Edits.Insert(end, ","+a.Str(1))
	return yes
}

func (s *state) excludeValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	_, list, ok := members(c, a)
	for i := range list {
		if list[i].is(c.Msg.Raw, a.Str(1)) {
			removeElement(c, &list[i])
		}
	}
	return verdict(ok)
}
