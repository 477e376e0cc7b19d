package pv

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var headerVars = kemi.Vars[state]{
	{Name: "hdr", Named: true, Index: true, Dynamic: true, Parse: parseHeader, Get: getHeader, Doc: "value of a header by name; [i] of the i-th one, negative from the end, [*] of all"},
	{Name: "hdrc", Named: true, Dynamic: true, Parse: parseHeader, Get: countHeader, Doc: "how many headers have the name"},
	{Name: "ct", Get: first(sip.HdrContact), Doc: "value of the first Contact"},
	{Name: "cT", Get: first(sip.HdrContentType), Doc: "value of Content-Type"},
	{Name: "ua", Get: first(sip.HdrUserAgent), Doc: "value of User-Agent"},
	{Name: "ci", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return text(m.CallID()) }), Doc: "Call-ID"},
	{Name: "cl", Get: message(getContentLength), Doc: "Content-Length"},
	{Name: "cs", Get: message(getCSeq), Doc: "number of CSeq"},
	{Name: "csb", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return trimmed(m.First(sip.HdrCSeq)) }), Doc: "value of CSeq"},
	{Name: "cts", Get: message(getContactStar), Doc: "1 if the first Contact is *, else 0"},
	{Name: "ctu", Get: message(getContactURI), Doc: "URI of the first Contact"},
}

// header is a header name that a script uses.
type header struct {
	kind sip.HeaderType
	name string
}

var errHeaderName = errors.New("not a header name")

func parseHeader(_ *state, _ *kemi.Registry, inner string) (any, error) {
	name, ok := sip.HeaderName(inner)
	if !ok {
		return nil, errHeaderName
	}
	return &header{sip.HeaderTypeOf(name), name}, nil
}

// first finds the first header of the name.
func (h *header) first(m *route.Message) *sip.Header {
	if h.kind != sip.HdrOther {
		m.ReadHeaders(true)
		return m.First(h.kind)
	}
	return m.Find(h.name)
}

func (h *header) count(m *route.Message) (n int) {
	for x := h.first(m); x != nil; x = m.Next(x) {
		n++
	}
	return n
}

func getHeader(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	h := a.Data.(*header)
	x := h.first(c.Msg)
	if x == nil {
		return kemi.Null
	}
	if !a.HasIndex() {
		return kemi.Str(x.Value)
	}
	if a.IndexAll() {
		return joinHeaders(c.Msg, x)
	}
	i, ok := a.Place(c, h.count(c.Msg))
	if !ok {
		return kemi.Null
	}
	for ; i > 0; i-- {
		x = c.Msg.Next(x)
	}
	return kemi.Str(x.Value)
}

func joinHeaders(m *route.Message, h *sip.Header) kemi.Value {
	next := m.Next(h)
	if next == nil {
		return kemi.Str(h.Value)
	}
	var b strings.Builder
	for b.WriteString(h.Value); next != nil; next = m.Next(next) {
		b.WriteByte(',')
		b.WriteString(next.Value)
	}
	return kemi.Str(b.String())
}

func countHeader(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	return kemi.Int(a.Data.(*header).count(c.Msg))
}

// first makes a getter of the value of the first header of a type.
func first(t sip.HeaderType) getter {
	return message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return trimmed(m.First(t)) })
}

// trimmed is a header's value without the blanks after it.
func trimmed(h *sip.Header) kemi.Value {
	if h == nil {
		return kemi.Null
	}
	return kemi.Str(strings.TrimRight(h.Value, " \t\r\n"))
}

// getContentLength is 0 without a body, and null for a header that is no number.
func getContentLength(_ *kemi.Ctx, m *route.Message) kemi.Value {
	n, ok, err := m.ContentLength()
	if !ok || err != nil {
		return kemi.Null
	}
	return kemi.Int(n)
}

func getCSeq(_ *kemi.Ctx, m *route.Message) kemi.Value {
	cseq, err := m.CSeq()
	if err != nil && cseq.NumberText == "" {
		return kemi.Null
	}
	return kemi.StrNum(cseq.NumberText, int(cseq.Number))
}

func getContactStar(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if trimmed(m.First(sip.HdrContact)).Text() == "*" {
		return kemi.Int(1)
	}
	return kemi.Int(0)
}

func getContactURI(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if contacts := m.Contacts(); contacts.Next() {
		return text(contacts.Addr.URIText)
	}
	return kemi.Null
}
