package textopsx

import (
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var headerIteratorFuncs = funcs{
	{Name: "hf_iterator_start", Args: "iterator str", Returns: kemi.Code, Call: (*state).headersStart, Doc: "begins to walk over the headers"},
	{Name: "hf_iterator_end", Args: "iterator str", Returns: kemi.Code, Call: (*state).headersEnd, Doc: "ends the walk; the iterator stands at its start again"},
	{Name: "hf_iterator_next", Args: "iterator str", Returns: kemi.Code, Call: (*state).headersNext, Doc: "steps to the next header, the first one after the start; -1 at the end"},
	{Name: "hf_iterator_prev", Args: "iterator str", Returns: kemi.Code, Call: (*state).headersPrevious, Doc: "steps back; -1 once the walk has reached its end"},
	{Name: "hf_iterator_hname", Args: "iterator str", Returns: kemi.AnyValue, Call: (*state).headerName, Doc: "the present header's name, or nil"},
	{Name: "hf_iterator_hbody", Args: "iterator str", Returns: kemi.AnyValue, Call: (*state).headerBody, Doc: "the present header's value, or nil"},
	{Name: "hf_iterator_rm", Args: "iterator str", Returns: kemi.Code, Call: (*state).headersRemove, Doc: "takes the present header out"},
	{Name: "hf_iterator_append", Args: "iterator str, text str", Returns: kemi.Code, Call: (*state).headersAppend, Doc: "adds a text, with its CRLF, after the present header"},
	{Name: "hf_iterator_insert", Args: "iterator str, text str", Returns: kemi.Code, Call: (*state).headersInsert, Doc: "adds a text, with its CRLF, before the present header"},
}

// headerWalk is a walk over the headers of a message.
type headerWalk struct {
	next int  // place of the header after the present one; 0: before the first
	over bool // the walk came to its end
}

// header is the one that an iterator stands on, or nil.
func header(c *kemi.Ctx, name string) *sip.Header {
	w := walksOf[headerWalk](c)[name]
	if w == nil || w.over || w.next == 0 || w.next > len(c.Msg.Headers) {
		return nil
	}
	return &c.Msg.Headers[w.next-1]
}

func (s *state) headersStart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return startWalk(c, "hf_iterator_start", a.Str(0), headerWalk{})
}

func (s *state) headersEnd(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	w := walksOf[headerWalk](c)[a.Str(0)]
	if w == nil {
		return no
	}
	*w = headerWalk{}
	return yes
}

func (s *state) headersNext(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	w := walksOf[headerWalk](c)[a.Str(0)]
	if w == nil || w.over {
		return no
	}
	w.over = w.next >= len(c.Msg.Headers)
	w.next++
	return verdict(!w.over)
}

func (s *state) headersPrevious(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	w := walksOf[headerWalk](c)[a.Str(0)]
	if w == nil || w.over {
		return no
	}
	w.next = max(w.next-1, 0)
	return yes
}

func (s *state) headerName(c *kemi.Ctx, a *kemi.Args) kemi.Value { return nameOf(header(c, a.Str(0))) }
func (s *state) headerBody(c *kemi.Ctx, a *kemi.Args) kemi.Value { return bodyOf(header(c, a.Str(0))) }

func nameOf(h *sip.Header) kemi.Value {
	if h == nil {
		return kemi.Null
	}
	return kemi.Str(h.Name)
}

func bodyOf(h *sip.Header) kemi.Value {
	if h == nil {
		return kemi.Null
	}
	return kemi.Str(h.Value)
}

func (s *state) headersRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h := header(c, a.Str(0))
	if h == nil {
		return no
	}
	c.Msg.RemoveHeader(h)
	return yes
}

func (s *state) headersAppend(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h := header(c, a.Str(0))
	if h == nil {
		return no
	}
	return insert(c, h.End, a.Str(1))
}

func (s *state) headersInsert(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h := header(c, a.Str(0))
	if h == nil {
		return no
	}
	return insert(c, h.Start, a.Str(1))
}
