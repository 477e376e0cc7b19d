package pv_headers

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// replyReason is the name under which the reason of a reply is kept among its headers.
const replyReason = "@Reply-Reason"

// apply makes the edits that give the message the headers of the list. Its edits of an earlier time give way.
func (s *state) apply(c *kemi.Ctx, list *route.XAVPs) {
	m := c.Msg
	m.Edits.RemoveIf(func(e *route.Edit) bool { return e.Owner == s })
	done := map[string]bool{}
	for i := range list.List() {
		e := &list.List()[i]
		first := !done[e.Name]
		done[e.Name] = true
		switch {
		case s.skip[e.Name] || e.Name == "":
		case e.Name == "from" || e.Name == "to":
			if first && !isGone(e) {
				s.applyAddress(c, e)
			}
		case e.Name == strings.ToLower(replyReason):
			if first && !m.IsRequest && !isGone(e) {
				s.applyReason(m, text(e))
			}
		default:
			if first {
				s.takeOut(m, e.Name)
			}
			s.putIn(m, e)
		}
	}
}

// takeOut deletes the received fields of a name, and the edits inside of them.
func (s *state) takeOut(m *route.Message, name string) {
	for i := range m.Headers {
		h := &m.Headers[i]
		if !sip.EqualFold(h.Name, name) {
			continue
		}
		m.Edits.RemoveIf(func(e *route.Edit) bool { return e.At > h.Start && e.At < h.End })
		m.Edits.Add(route.Edit{At: h.Start, Del: h.End - h.Start, Owner: s})
	}
}

// putIn writes a header where the last one of its name was received, or behind all others.
func (s *state) putIn(m *route.Message, e *route.XAVP) {
	if isGone(e) || sip.EqualFold(text(e), "null") {
		return
	}
	at := m.HeadersEnd
	for i := range m.Headers {
		if h := &m.Headers[i]; sip.EqualFold(h.Name, e.Name) {
			at = h.End
		}
	}
	m.Edits.Add(route.Edit{At: at, Text: spelling(e) + ": " + text(e) + "\r\n", Owner: s, Header: uint8(sip.HeaderTypeOf(e.Name))})
}

// fixed are the requests that keep From and To: what they belong to knows them already.
const fixed = sip.MethodAck | sip.MethodPrack | sip.MethodBye

// applyAddress has the uac module, if it is loaded, replace From or To, which restores them in what follows.
func (s *state) applyAddress(c *kemi.Ctx, e *route.XAVP) {
	m, n := c.Msg, s.note(c.Msg)
	if !m.IsRequest || m.Method.Has(fixed) {
		return
	}
	received, applied, name := m.First(sip.HdrFrom), &n.from, "uac_replace_from"
	if e.Name == "to" {
		received, applied, name = m.First(sip.HdrTo), &n.to, "uac_replace_to"
	}
	replace := c.Server.Registry.Function("uac", name)
	if replace == nil || received == nil || received.Value == text(e) || *applied == text(e) {
		return
	}
	*applied = text(e)
	addr, _, err := sip.ParseNameAddr(text(e))
	if err != nil {
		c.Misuse("pv_headers.pvh_apply_headers", "not an address: "+text(e))
		return
	}
	if addr.Display == "" {
		s.removeDisplay(m, received)
	}
	replace.Call(c, kemi.MakeArgs(kemi.Str(addr.Display), kemi.Str(addr.URIText)))
}

// removeDisplay takes the display name out of a received address.
func (s *state) removeDisplay(m *route.Message, h *sip.Header) {
	addr, _, err := sip.ParseNameAddr(h.Value)
	if err != nil || addr.Display == "" {
		return
	}
	at := m.Offset(addr.Display)
	m.Edits.Add(route.Edit{At: at, Del: len(addr.Display) + strings.IndexByte(m.Raw[at+len(addr.Display):], '<'), Owner: s})
}

// applyReason replaces the reason phrase.
func (s *state) applyReason(m *route.Message, reason string) {
	at := m.Offset(m.Version) + len(m.Version) + len(" 200")
	end := at + len(strings.TrimRight(m.Raw[at:m.HeadersStart], "\r\n"))
	m.Edits.Add(route.Edit{At: at, Del: end - at, Text: " " + reason, Owner: s})
}
