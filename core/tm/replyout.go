package tm

import (
	"bytes"
	"strconv"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Reply answers the transaction's request (t_reply). m is the request in hand, whose
// added headers go with the reply. It gives 1, or -1 if a final reply was sent before.
func (t *Transaction) Reply(m *route.Message, code int, reason string) int {
	if t.ended() || t.has(isDead) || t.has(isLocal) || t.method == sip.MethodAck {
		return failed
	}
	if code < 100 || code > 699 {
		return failed
	}
	t.replyWith(m, &route.LocalReply{Code: code, Reason: reason, Headers: t.redirectContacts(m, code)})
	m.Handled = true
	if code >= 200 && !t.has(isReplica) {
		t.cancelRest(code) // an answer of our own ends what still rings
	}
	return ok
}

// redirectContacts is the Contact header of a 3xx made of the message's branches.
func (t *Transaction) redirectContacts(m *route.Message, code int) string {
	switch {
	case code < 300 || code >= 400:
		return ""
	case t.table.env.Params.Get().RichRedirect&1 != 0:
		return route.RichRedirectContacts(m)
	}
	return route.RedirectContacts(m)
}

// reply makes and sends a reply of our own.
func (t *Transaction) reply(m *route.Message, code int, reason string) {
	t.replyWith(m, &route.LocalReply{Code: code, Reason: reason})
}

func (t *Transaction) replyWith(m *route.Message, r *route.LocalReply) {
	tb := t.table
	r.ServerHeader = tb.env.ServerHeader
	if r.Code > 100 {
		r.ToTag = t.Tag()
	}
	tb.buf = route.AppendLocalReply(tb.buf[:0], m, r)
	tb.env.Stats.RplGenerated.Add(1)
	t.flags |= localReply
	t.sendReply(r.Code, nil, -1, tb.buf)
}

// Tag is the To tag of the replies that are made here. It follows from Call-ID and branch, so that a CANCEL
// is answered with the tag of its INVITE's reply (RFC 3261 9.2).
func (t *Transaction) Tag() string {
	if t.server.tag == "" {
		hash := t.table.env.CallHash
		via, _ := t.Request().TopVia()
		var tag [40]byte
		b := strconv.AppendUint(tag[:0], hash(t.Request().CallID()), 16)
		b = append(b, '-')
		b = strconv.AppendUint(b, hash(via.Branch), 16)
		t.server.tag = string(b)
	}
	return t.server.tag
}

// relayReply passes a received reply on.
func (t *Transaction) relayReply(m *route.Message, branch int) {
	tb := t.table
	tb.out = route.Outgoing{Flow: t.server.flow}
	tb.buf = route.AppendReply(tb.buf[:0], m, &tb.out)
	if tb.env.Script.Has(route.OnSendRoute) {
		data := bytes.Clone(tb.buf) // the route may wait, and others build in the buffer then
		t.onSend(m, &route.Outgoing{Flow: t.server.flow}, branch, data)
		tb.buf = append(tb.buf[:0], data...)
	}
	tb.env.Stats.RplRelayed.Add(1)
	t.flags &^= localReply
	t.sendReply(m.Status, m, branch, tb.buf)
}

// sendReply sends a reply upstream and moves the server transaction on.
func (t *Transaction) sendReply(code int, reply *route.Message, branch int, data []byte) {
	s := &t.server
	before := s.status
	s.status, s.relayed = code, branch
	if s.last == nil {
		s.last = t.table.takeBuffer()
	}
	s.last = append(s.last[:0], data...)
	if !t.has(isLocal) {
		t.table.env.Stats.RplSent.Add(1)
		_ = t.table.env.Sender.Send(s.flow, s.last, t.request.Reply, nil) // an upstream that is gone asks again, or not
		t.tell(ReplyOut, branch, code, reply, s.last)
	}
	if code >= 200 && before < 200 {
		t.finish(code)
	}
}

// finish does what follows the first final reply: repeat a negative one to an INVITE until
// its ACK (timer G), or just absorb repetitions for a while.
func (t *Transaction) finish(code int) {
	t.table.env.Stats.completed(code)
	if t.Invite() && code >= 300 {
		t.startReplyTimers()
		return
	}
	t.wait()
}

// resendReply repeats the last reply.
func (t *Transaction) resendReply() {
	if t.server.last == nil || t.has(isLocal) {
		return
	}
	_ = t.table.env.Sender.Send(t.server.flow, t.server.last, t.request.Reply, nil)
	t.tell(ReplyRetransmitted, t.server.relayed, t.server.status, nil, t.server.last)
}

// Retransmit repeats the last reply (t_retransmit_reply): 1, or -1 if there is none.
func (t *Transaction) Retransmit() int {
	if t.server.status == 0 {
		return failed
	}
	t.resendReply()
	return ok
}
