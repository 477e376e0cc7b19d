package textopsx

import (
	"slices"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var valueFuncs = funcs{
	{Name: "append_hf_value", Args: "target str, value str", Returns: kemi.Code, Call: (*state).appendValue, Doc: "adds a value behind the one at an index; without an index, or if there is none, as a header of its own"},
	{Name: "insert_hf_value", Args: "target str, value str", Returns: kemi.Code, Call: (*state).insertValue, Doc: "adds a value before the one at an index; without an index as a header before the first one of the name"},
	{Name: "assign_hf_value", Args: "target str, value str", Returns: kemi.Code, Call: (*state).assignValue, Doc: "replaces the value at an index, or sets its parameter"},
	{Name: "assign_hf_value2", Args: "target str, value str", Returns: kemi.Code, Call: (*state).assignHeader, Doc: "replaces all that a header holds; the index counts headers"},
	{Name: "remove_hf_value", Args: "target str", Returns: kemi.Code, Call: (*state).removeValue, Doc: "takes out the value at an index, all headers of the name with [*], or a parameter"},
	{Name: "remove_hf_value2", Args: "target str, value str", Returns: kemi.Code, Call: (*state).removeHeader, Doc: "takes a whole header out; the index counts headers, and the second argument does not matter"},
}

// addHeader adds a header of its own at a place.
func addHeader(c *kemi.Ctx, at int, name, value string) kemi.Value {
	c.Msg.Edits.Insert(at, name+": "+value+"\r\n")
	return yes
}

func (s *state) appendValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, ok := parseTarget(a.Str(0))
	if !ok || t.all || t.param != "" {
		return no
	}
	if t.given {
		list := elements(c.Msg.Message, &t)
		if t.index == 0 {
			t.index = -1
		}
		if i := t.place(len(list)); i >= 0 {
			c.Msg.Edits.Insert(list[i].to, ","+a.Str(1))
			return yes
		}
	}
	return addHeader(c, c.Msg.HeadersEnd, t.name, a.Str(1))
}

func (s *state) insertValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, ok := parseTarget(a.Str(0))
	if !ok || t.all || t.param != "" {
		return no
	}
	list := elements(c.Msg.Message, &t)
	if len(list) == 0 {
		return addHeader(c, c.Msg.HeadersEnd, t.name, a.Str(1))
	}
	if !t.given {
		return addHeader(c, list[0].header.Start, t.name, a.Str(1))
	}
	i := t.place(len(list))
	if i < 0 {
		return no
	}
	text := a.Str(1) + ","
	if list[i].first && list[i].from == list[i].to && list[i].last {
		text = "," + a.Str(1)
	}
	c.Msg.Edits.Insert(list[i].from, text)
	return yes
}

// chosen are the elements that a target names: one, or all with [*].
func chosen(m *sip.Message, t *target) []element {
	list := elements(m, t)
	if t.all {
		return list
	}
	if i := t.place(len(list)); i >= 0 {
		return list[i : i+1]
	}
	return nil
}

func (s *state) assignValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, ok := parseTarget(a.Str(0))
	if !ok || t.all && t.param == "" {
		return no
	}
	list := chosen(c.Msg.Message, &t)
	for i := range list {
		e := &list[i]
		if t.param != "" {
			assignParam(c, e, t.param, a.Str(1))
		} else {
			c.Msg.Edits.Replace(e.start, e.end-e.start, a.Str(1))
		}
	}
	return verdict(len(list) > 0)
}

// assignParam sets a parameter. An empty value takes it out.
func assignParam(c *kemi.Ctx, e *element, name, value string) {
	p, found := e.findParam(c.Msg.Raw, name)
	switch {
	case found && value == "":
		removeParam(c, &p)
	case !found:
		c.Msg.Edits.Insert(e.end, ";"+name+"="+value)
	case p.value == 0:
		c.Msg.Edits.Insert(p.nameEnd, "="+value)
	default:
		c.Msg.Edits.Replace(p.value, p.end-p.value, value)
	}
}

func (s *state) removeValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, ok := parseTarget(a.Str(0))
	if !ok {
		return no
	}
	if t.all && t.param == "" {
		return removeHeaders(c, t.headers(c.Msg.Message))
	}
	removed := false
	list := chosen(c.Msg.Message, &t)
	for i := range list {
		if t.param == "" {
			removed = true
			removeElement(c, &list[i])
		} else if p, found := list[i].findParam(c.Msg.Raw, t.param); found {
			removed = true
			removeParam(c, &p)
		}
	}
	return verdict(removed)
}

func removeParam(c *kemi.Ctx, p *param) { c.Msg.Edits.Delete(p.semicolon, p.end-p.semicolon) }

// removeElement takes an element out with the comma before it. Where there is none any more, it goes with the comma
// behind it; the only one goes with its header.
func removeElement(c *kemi.Ctx, e *element) {
	switch {
	case e.first && e.last:
		c.Msg.RemoveHeader(e.header)
	case !e.last && (e.first || isOut(c, e.from-1)):
		c.Msg.Edits.Delete(e.from, e.to+1-e.from)
	default:
		c.Msg.Edits.Delete(e.from-1, e.to-e.from+1)
	}
}

// isOut tells whether an edit takes a byte of the message out.
func isOut(c *kemi.Ctx, at int) bool {
	return slices.ContainsFunc(c.Msg.Edits.List(), func(e route.Edit) bool { return e.At <= at && at < e.At+e.Del })
}

func removeHeaders(c *kemi.Ctx, headers []*sip.Header) kemi.Value {
	for _, h := range headers {
		c.Msg.RemoveHeader(h)
	}
	return verdict(len(headers) > 0)
}

func (s *state) assignHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, ok := parseTarget(a.Str(0))
	if !ok || t.all || t.param != "" {
		return no
	}
	headers := t.headers(c.Msg.Message)
	i := t.place(len(headers))
	if i < 0 {
		return no
	}
	from, to := valuePlace(c.Msg.Message, headers[i])
	c.Msg.Edits.Replace(from, to-from, a.Str(1))
	return yes
}

func (s *state) removeHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t, ok := parseTarget(a.Str(0))
	if !ok || t.param != "" {
		return no
	}
	headers := t.headers(c.Msg.Message)
	if t.all {
		return removeHeaders(c, headers)
	}
	i := t.place(len(headers))
	if i < 0 {
		return no
	}
	return removeHeaders(c, headers[i:i+1])
}
