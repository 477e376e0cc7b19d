package tm

import (
	"bytes"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// relayAck absorbs the ACK of a negative reply and passes every other one on without state: it belongs to the far end.
func (tb *Table) relayAck(m *route.Message, o *RelayOptions) int {
	if tb.newAck(m) == absorbed {
		return ok
	}
	if err := tb.forwardStateless(m, o); err != nil {
		return errDelivery
	}
	return ok
}

func (tb *Table) forwardStateless(m *route.Message, o *RelayOptions) error {
	hop := o.NextHop
	if o.Proto == 0 {
		return tb.env.Forward(m, hop)
	}
	if hop == "" {
		hop = m.NextHop()
	}
	forced, err := forceProto(hop, o.Proto)
	if err != nil {
		return err
	}
	return tb.env.Forward(m, forced)
}

// acknowledge sends the ACK of a negative final reply to this hop (RFC 3261 17.1.1.3), each time the reply comes.
func (b *Branch) acknowledge(m *route.Message) {
	if b.t.has(noAutoAck) && b.t.Local() {
		return
	}
	tb := b.t.table
	tb.buf = b.appendHop(tb.buf[:0], "ACK", m, "")
	if len(tb.buf) == 0 {
		return
	}
	if tb.env.Params.Get().EventMode&eventForAck != 0 {
		tb.buf = b.showAck(tb.buf)
	}
	_ = tb.env.Sender.Send(b.flow, tb.buf, b.mode, nil)
	b.t.tell(AckOut, b.index, m.Status, m, tb.buf)
}

// showAck lets the script see an ACK; others may build in the buffer meanwhile.
func (b *Branch) showAck(ack []byte) []byte {
	own := bytes.Clone(ack)
	b.t.localEvent(eventForAck, own, b.flow)
	return append(b.t.table.buf[:0], own...)
}

// appendHop writes an ACK or CANCEL that follows a sent INVITE over the same hop: its Via,
// Route set and dialog headers in the INVITE's order, the To of the reply for an ACK.
func (b *Branch) appendHop(dst []byte, method string, reply *route.Message, extra string) []byte {
	m := &b.t.table.sent
	if err := m.Parse(string(b.sent)); err != nil {
		return dst[:0]
	}
	if b.t.table.env.Params.Get().ReparseInvite == 0 && !(method == "CANCEL" && b.t.has(sentHeaders)) && !b.t.Local() {
		return b.appendUnparsed(dst, m, method, reply, extra)
	}
	prefix := b.t.table.env.Params.Get().ExtraHeaders
	dst = sip.AppendRequestLine(dst, method, m.RequestURI)
	via := true
	for i := range m.Headers {
		h := &m.Headers[i]
		switch h.Type {
		case sip.HdrVia:
			if via {
				dst = append(dst, m.Raw[h.Start:h.End]...)
				via = false
			}
		case sip.HdrCSeq:
			dst = appendCSeq(dst, m, method)
		case sip.HdrTo:
			dst = appendTo(dst, m, h, reply)
		case sip.HdrFrom, sip.HdrCallID, sip.HdrRoute, sip.HdrMaxForwards:
			dst = append(dst, m.Raw[h.Start:h.End]...)
		default:
			if prefix != "" && strings.HasPrefix(h.Name, prefix) {
				dst = append(dst, m.Raw[h.Start:h.End]...)
			}
		}
	}
	dst = append(dst, "Content-Length: 0\r\n"...)
	dst = append(dst, extra...)
	return append(dst, "\r\n"...)
}

func appendCSeq(dst []byte, m *sip.Message, method string) []byte {
	cseq, _ := m.CSeq()
	dst = append(dst, "CSeq: "...)
	dst = append(dst, cseq.NumberText...)
	dst = append(dst, ' ')
	dst = append(dst, method...)
	return append(dst, "\r\n"...)
}

func appendTo(dst []byte, m *sip.Message, h *sip.Header, reply *route.Message) []byte {
	if reply != nil {
		if to := reply.First(sip.HdrTo); to != nil {
			return append(dst, reply.Raw[to.Start:to.End]...)
		}
	}
	return append(dst, m.Raw[h.Start:h.End]...)
}
