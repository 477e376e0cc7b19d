// Package hdr is the KSR.hdr table: header fields by name. Like all edits, what it adds and removes shows on the wire,
// not to the script, until the changes are applied.
package hdr

import (
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the table; it belongs to the host and is there in every script.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "hdr",
	Doc:  "Header fields by name. Compact forms stand for their long names, and case does not matter.",
	New:  func() *state { return new(state) },
	Funcs: kemi.Funcs[state]{
		{Name: "append", Args: "text str", Returns: kemi.Code, Call: (*state).append, Doc: "adds header lines, each with its CRLF, after the last header"},
		{Name: "append_after", Args: "text str, name str", Returns: kemi.Code, Call: (*state).appendAfter, Doc: "adds header lines after the first header of a name, or after the last header"},
		{Name: "insert", Args: "text str", Returns: kemi.Code, Call: (*state).insert, Doc: "adds header lines before the first header"},
		{Name: "insert_before", Args: "text str, name str", Returns: kemi.Code, Call: (*state).insertBefore, Doc: "adds header lines before the first header of a name, or before the first header"},
		{Name: "remove", Args: "name str", Returns: kemi.Code, Call: (*state).remove, Doc: "removes all headers of a name; 1 also if there is none"},
		{Name: "rmappend", Args: "name str, text str", Returns: kemi.Code, Call: (*state).rmAppend, Doc: "remove, then append"},
		{Name: "rminsert", Args: "name str, text str", Returns: kemi.Code, Call: (*state).rmInsert, Doc: "remove, then insert"},
		{Name: "append_to_reply", Args: "text str", Returns: kemi.Code, Call: (*state).appendToReply, Doc: "adds header lines to the replies that the server makes for this request"},
		{Name: "is_present", Args: "name str", Returns: kemi.Code, Call: (*state).isPresent, Doc: "1 if there is a header of that name, else -1"},
		{Name: "get", Args: "name str", Returns: kemi.AnyValue, Call: getter(kemi.Null), Doc: "the value of the first header of a name, or nil"},
		{Name: "gete", Args: "name str", Returns: kemi.AnyValue, Call: getter(kemi.Str("")), Doc: "get, with an empty text for nil"},
		{Name: "getw", Args: "name str", Returns: kemi.AnyValue, Call: getter(kemi.Str(kemi.NullText)), Doc: `get, with "<null>" for nil`},
		{Name: "get_idx", Args: "name str, index int", Returns: kemi.AnyValue, Call: indexGetter(kemi.Null), Doc: "the value of the header of a name at an index; negative ones count from the last, -1"},
		{Name: "gete_idx", Args: "name str, index int", Returns: kemi.AnyValue, Call: indexGetter(kemi.Str("")), Doc: "get_idx, with an empty text for nil"},
		{Name: "getw_idx", Args: "name str, index int", Returns: kemi.AnyValue, Call: indexGetter(kemi.Str(kemi.NullText)), Doc: `get_idx, with "<null>" for nil`},
		{Name: "match_content", Args: "name str, operator str, value str, mode str", Returns: kemi.Truth, Call: (*state).matchContent, Doc: "compares header values: operator eq, ne, sw (starts with), in (contains) or re; mode f first, l last, a all headers of the name"},
	},
})

type state struct{ patterns regex.Cache }

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func (s *state) append(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return put(c, c.Msg.HeadersEnd, a.At(0))
}

func (s *state) insert(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return put(c, c.Msg.HeadersStart, a.At(0))
}

func (s *state) appendAfter(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, ok := sip.HeaderName(a.Str(1))
	if !ok {
		return no
	}
	at := c.Msg.HeadersEnd
	if h := c.Msg.Find(name); h != nil {
		at = h.End
	}
	return put(c, at, a.At(0))
}

func (s *state) insertBefore(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, ok := sip.HeaderName(a.Str(1))
	if !ok {
		return no
	}
	at := c.Msg.HeadersStart
	if h := c.Msg.Find(name); h != nil {
		at = h.Start
	}
	return put(c, at, a.At(0))
}

// put adds a text; nil is refused, an empty text is a success without effect.
func put(c *kemi.Ctx, at int, text kemi.Value) kemi.Value {
	if text.IsNull() {
		return no
	}
	c.Msg.ReadHeaders(true)
	if text.Text() != "" {
		c.Msg.Edits.Insert(at, text.Text())
	}
	return yes
}

func (s *state) remove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, ok := sip.HeaderName(a.Str(0))
	if !ok {
		return no
	}
	for h := c.Msg.Find(name); h != nil; h = c.Msg.Next(h) {
		c.Msg.RemoveHeader(h)
	}
	return yes
}

func (s *state) rmAppend(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.remove(c, a).Int() < 0 {
		return no
	}
	return put(c, c.Msg.HeadersEnd, a.At(1))
}

func (s *state) rmInsert(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.remove(c, a).Int() < 0 {
		return no
	}
	return put(c, c.Msg.HeadersStart, a.At(1))
}

func (s *state) appendToReply(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(0) == "" {
		return no
	}
	c.Msg.Answer.Headers = append(c.Msg.Answer.Headers, a.Str(0))
	return yes
}

func (s *state) isPresent(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, ok := sip.HeaderName(a.Str(0))
	if !ok || c.Msg.Find(name) == nil {
		return no
	}
	return yes
}

// find gives the first header of a name, or nil. What follows the name of a header that is known does not count.
func find(c *kemi.Ctx, name string) *sip.Header {
	if word := sip.HeaderWord(name); sip.HeaderTypeOf(word) != sip.HdrOther {
		name = word
	}
	if name == "" {
		return nil
	}
	return c.Msg.Find(name)
}

type call = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value

func getter(none kemi.Value) call {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if h := find(c, a.Str(0)); h != nil {
			return kemi.Str(h.Value)
		}
		return none
	}
}

func indexGetter(none kemi.Value) call {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if h := at(c, a.Str(0), a.Int(1)); h != nil {
			return kemi.Str(h.Value)
		}
		return none
	}
}

// at gives the header of a name at an index, or nil.
func at(c *kemi.Ctx, name string, index int) *sip.Header {
	if index < 0 {
		for h := find(c, name); h != nil; h = c.Msg.Next(h) {
			index++
		}
		if index < 0 {
			return nil
		}
	}
	h := find(c, name)
	for ; h != nil && index > 0; index-- {
		h = c.Msg.Next(h)
	}
	return h
}
