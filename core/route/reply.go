package route

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// AppendReply appends a relayed reply: our Via taken off and the edits applied (RFC 3261 16.7 step 3).
func AppendReply(dst []byte, m *Message, o *Outgoing) []byte {
	w := writer{dst: dst, raw: m.Raw, edits: m.Edits.list, out: o}
	if o.Status != "" {
		w.dst = append(append(append(w.dst, "SIP/2.0 "...), o.Status...), "\r\n"...)
		w.skip(m.HeadersStart)
	}
	if h := m.First(sip.HdrVia); h != nil {
		start, end := topViaPlace(m, h)
		w.to(start)
		w.skip(end)
	}
	w.rest(m)
	return w.dst
}

// topViaPlace is what has to go with the top Via: its whole header, or its part of a list.
func topViaPlace(m *Message, h *sip.Header) (start, end int) {
	if strings.IndexByte(h.Value, ',') < 0 {
		return h.Start, h.End
	}
	vias := m.Vias()
	if !vias.Next() {
		return h.Start, h.End
	}
	first := vias.Via.Raw
	if !vias.Next() || vias.Header != h {
		return h.Start, h.End
	}
	return m.Offset(first), m.Offset(vias.Via.Raw)
}

// LocalReply is a reply that the server makes itself.
type LocalReply struct {
	Code         int
	Reason       string
	ToTag        string // added if the request's To has none, to replies from 180 on
	Headers      string // further header lines, each with its CRLF
	ServerHeader string // "Server: …" without CRLF; empty: none
	Body         string // its Content-Type is among the headers
}

// AppendLocalReply appends a reply to a request (RFC 3261 8.2.6): Via, From, To, Call-ID,
// CSeq and, where a dialog may come of it, Record-Route in the request's order, then what was added.
func AppendLocalReply(dst []byte, m *Message, r *LocalReply) []byte {
	dst = append(dst, "SIP/2.0 "...)
	dst = append(dst, byte('0'+r.Code/100%10), byte('0'+r.Code/10%10), byte('0'+r.Code%10), ' ')
	dst = append(dst, r.Reason...)
	dst = append(dst, "\r\n"...)
	dst = appendCopied(dst, m, r)
	for _, h := range m.Answer.Headers {
		dst = append(dst, h...)
	}
	dst = append(dst, r.Headers...)
	if r.ServerHeader != "" {
		dst = append(dst, r.ServerHeader...)
		dst = append(dst, "\r\n"...)
	}
	body := r.Body
	if body == "" {
		body = m.Answer.Body
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\n\r\n"...)
	return append(dst, body...)
}

// appendCopied writes the headers that a reply takes over from its request.
func appendCopied(dst []byte, m *Message, r *LocalReply) []byte {
	m.ReadHeaders(true)
	topVia := true
	for i := range m.Headers {
		h := &m.Headers[i]
		switch h.Type {
		case sip.HdrVia:
			if topVia {
				dst = appendAnsweredVia(dst, m, h)
				topVia = false
				continue
			}
		case sip.HdrTo:
			dst = appendTo(dst, m, h, r)
			continue
		case sip.HdrFrom, sip.HdrCallID, sip.HdrCSeq:
		case sip.HdrRecordRoute:
			if r.Code < 180 || r.Code >= 300 {
				continue
			}
		default:
			continue
		}
		dst = append(dst, m.Raw[h.Start:h.End]...)
	}
	return dst
}

// appendAnsweredVia writes the top Via header with rport= and received= filled in (RFC 3581 4).
func appendAnsweredVia(dst []byte, m *Message, h *sip.Header) []byte {
	w := writer{dst: dst, raw: m.Raw, pos: h.Start}
	via, err := m.TopVia()
	if err != nil {
		w.copy(h.End)
		return w.dst
	}
	end := m.Offset(via.Raw) + len(via.Raw)
	switch {
	case via.HasRPort:
		from, to := rportPlace(m, via)
		w.copy(from)
		w.dst = appendRport(w.dst, m)
		w.skip(to)
		w.copy(end)
	case m.ForceRport:
		w.copy(end)
		w.dst = appendRport(append(w.dst, ';'), m)
	default:
		w.copy(end)
	}
	if NeedsReceived(m, via) {
		w.dst = appendReceived(w.dst, m)
	}
	if m.Via != nil {
		w.dst = m.Via.AppendReplyParams(w.dst, m)
	}
	w.copy(h.End)
	return w.dst
}

// appendTo writes the To header, with a tag of ours if the request came without one.
func appendTo(dst []byte, m *Message, h *sip.Header, r *LocalReply) []byte {
	to, err := m.To()
	tag := r.ToTag
	if m.Answer.ToTag != "" {
		tag = m.Answer.ToTag
	}
	if err != nil || to.Tag != "" || tag == "" || r.Code < 180 {
		return append(dst, m.Raw[h.Start:h.End]...)
	}
	end := m.Offset(h.Value) + len(h.Value)
	dst = append(dst, m.Raw[h.Start:end]...)
	dst = append(dst, ";tag="...)
	dst = append(dst, tag...)
	return append(dst, m.Raw[end:h.End]...)
}
