package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var listVars = kemi.Vars[state]{
	{Name: "hfl", Named: true, Index: true, Parse: parseHeader, Get: getField, Doc: "one value of a header that holds lists (Via, Route, Record-Route, Contact, Diversion): like $hdr, but values that share a header count one by one"},
	{Name: "hflc", Named: true, Parse: parseHeader, Get: countField, Doc: "how many such values there are"},
	{Name: "expires", Named: true, Parse: parseExpires, Get: getExpires, Doc: "min or max: the shortest or longest expiry of the contacts or of Expires"},
}

// fields walks over the values of a header: one by one where it holds a list, else header by header.
func fields(m *route.Message, h *header, visit func(text string) bool) {
	switch h.kind {
	case sip.HdrVia:
		for v := m.Vias(); v.Next(); {
			if !visit(v.Via.Raw) {
				return
			}
		}
	case sip.HdrContact:
		contactFields(m, visit)
	case sip.HdrRoute, sip.HdrRecordRoute, sip.HdrDiversion:
		for a := m.Addresses(h.kind); a.Next(); {
			if !visit(a.Addr.Raw) {
				return
			}
		}
	default:
		for x := h.first(m); x != nil && visit(x.Value); x = m.Next(x) {
		}
	}
}

// contactFields walks over the contacts in the incumbent's order: header by header, but
// within a header from the last one to the first.
func contactFields(m *route.Message, visit func(text string) bool) {
	var together []string
	var header *sip.Header
	flush := func() bool {
		for i := len(together) - 1; i >= 0; i-- {
			if !visit(together[i]) {
				return false
			}
		}
		together = together[:0]
		return true
	}
	for a := m.Contacts(); a.Next(); {
		if a.Header != header && !flush() {
			return
		}
		header = a.Header
		together = append(together, a.Addr.Raw)
	}
	flush()
}

func countFields(m *route.Message, h *header) (n int) {
	fields(m, h, func(string) bool { n++; return true })
	return n
}

func getField(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if a.IndexAll() {
		return getHeader(s, c, a)
	}
	if c.Msg == nil {
		return kemi.Null
	}
	h := a.Data.(*header)
	n := countFields(c.Msg, h)
	i, ok := a.Place(c, n)
	if h.kind == sip.HdrContact && a.HasIndex() {
		i, ok = contactPlace(c, a, n)
	}
	if !ok {
		return kemi.Null
	}
	found := kemi.Null
	fields(c.Msg, h, func(text string) bool {
		if i == 0 {
			found = kemi.Str(text)
		}
		i--
		return i >= 0
	})
	return found
}

// contactPlace counts negative indexes of contacts as the incumbent does: one off.
func contactPlace(c *kemi.Ctx, a *kemi.VarArgs, n int) (i int, ok bool) {
	i, ok = a.Index(c)
	if i < 0 {
		i += n + 1
	}
	return i, ok && i >= 0 && i < n
}

func countField(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	return kemi.Int(countFields(c.Msg, a.Data.(*header)))
}

func parseExpires(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner != "min" && inner != "max" {
		return nil, errName
	}
	return inner == "max", nil
}

// getExpires looks at the expires parameters of all contacts and at the Expires header.
func getExpires(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	best, found := 0, false
	consider := func(n int) {
		if !found || (n > best) == a.Data.(bool) {
			best = n
		}
		found = true
	}
	for contacts := c.Msg.Contacts(); contacts.Next(); {
		if p, _ := contacts.Addr.ContactParams(); p.Expires >= 0 {
			consider(int(p.Expires))
		}
	}
	if n, ok, err := c.Msg.Expires(); ok && err == nil {
		consider(n)
	}
	if !found {
		return kemi.Null
	}
	return kemi.Int(best)
}
