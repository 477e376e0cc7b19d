package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Results that scripts see.
const (
	ok          = 1
	absorbed    = 0 // a repetition: it has been answered
	failed      = -1
	errFlagged  = -4 // what t_relay gives for every failure when it was told not to answer
	errConfig   = -6
	errSocket   = -7
	errExists   = -10 // there is a transaction already
	errSyntax   = -400
	errDelivery = -477
	errAddress  = -478
)

// New makes a transaction for the request in hand (t_newtran). It gives 1 for a new one and for
// an ACK, which has none of its own; 0 for a repetition, which has been answered; -10 if the message
// has one already; -400 if it is no request or its From cannot be read; -1 for another error.
func (tb *Table) New(m *route.Message) int {
	if Of(m) != nil {
		return errExists
	}
	if m.Method == sip.MethodAck {
		return tb.newAck(m)
	}
	if t := tb.find(m, m.Method); t != nil {
		t.repeated(m)
		return absorbed
	}
	_, rc := tb.create(m)
	return rc
}

func (tb *Table) newAck(m *route.Message) int {
	t, kind := tb.findAck(m)
	if kind == ackNegative {
		t.acknowledged(m)
		return absorbed
	}
	if kind == ackRelayed {
		t.tellRequest(EndToEndAckIn, m)
	}
	return ok
}

// create makes the transaction itself.
func (tb *Table) create(m *route.Message) (*Transaction, int) {
	cseq, err := cseqOf(m)
	if err != nil {
		return nil, failed
	}
	from, err := m.From()
	if err != nil {
		return nil, errSyntax
	}
	via, err := m.TopVia()
	if err != nil {
		return nil, failed
	}
	t, err := tb.add(m, cseq.Number)
	if err != nil {
		tb.env.Log.Once("tm full", -1, "tm", err.Error())
		return nil, failed
	}
	t.branch, t.fromTag = via.Branch, from.Tag
	t.server.flow = route.ReplyFlow(m)
	t.armed, m.Armed = m.Armed, route.Armed{}
	t.snapshot(m)
	tb.inherit(t, m)
	m.Transaction = t
	t.tell(RequestIn, -1, 0, nil, nil)
	return t, ok
}

// inherit applies what the script asked for before the transaction existed.
func (tb *Table) inherit(t *Transaction, m *route.Message) {
	if p, found := m.Extra[prepareKey{}].(*prepared); found {
		p.apply(t)
	}
}

// snapshot remembers where later branches start from.
func (t *Transaction) snapshot(m *route.Message) {
	t.saved.target = m.Target
	t.saved.flags, t.saved.xflags = m.Flags, m.XFlags
}

// Check tells whether the request in hand belongs to a known transaction (t_check_trans): 1 yes
// (for CANCEL: the INVITE is there; for ACK: it acknowledges a 2xx made here), 0 for a repetition or the ACK of a
// negative reply, which have been dealt with, -1 no.
func (tb *Table) Check(m *route.Message) int {
	if !m.IsRequest {
		return found(tb.Known(m))
	}
	if t := Of(m); t != nil {
		if t.run != nil {
			return ok
		}
		t.repeated(m)
		return absorbed
	}
	switch m.Method {
	case sip.MethodAck:
		return tb.checkAck(m)
	case sip.MethodCancel:
		if t := tb.find(m, sip.MethodCancel); t != nil {
			t.repeated(m)
			return absorbed
		}
		return found(tb.find(m, sip.MethodInvite))
	}
	if t := tb.find(m, m.Method); t != nil {
		t.repeated(m)
		return absorbed
	}
	return failed
}

func found(t *Transaction) int {
	if t == nil {
		return failed
	}
	return ok
}

func (tb *Table) checkAck(m *route.Message) int {
	t, kind := tb.findAck(m)
	switch kind {
	case ackNegative:
		t.acknowledged(m)
		return absorbed
	case ackLocal:
		t.tellRequest(AckIn, m)
		return ok
	case ackRelayed:
		t.tellRequest(EndToEndAckIn, m)
	}
	return failed
}

// Known is the transaction of a request that repeats a known one, of an ACK for a reply made or
// chosen here, or of a reply (t_lookup_request); nil if there is none.
func (tb *Table) Known(m *route.Message) *Transaction {
	if t := Of(m); t != nil {
		return t
	}
	if !m.IsRequest {
		if b := tb.BranchOf(m); b != nil {
			return b.t
		}
		return nil
	}
	if m.Method != sip.MethodAck {
		return tb.find(m, m.Method)
	}
	t, kind := tb.findAck(m)
	if kind == ackRelayed {
		return nil
	}
	return t
}

// Canceled is the INVITE transaction that a CANCEL is for (t_lookup_cancel), or nil.
func (tb *Table) Canceled(m *route.Message) *Transaction { return tb.find(m, sip.MethodInvite) }

// repeated answers a retransmitted request with the last reply.
func (t *Transaction) repeated(m *route.Message) {
	m.Transaction = t
	t.flags |= isShared
	t.tell(RequestRetransmitted, -1, t.server.status, nil, nil)
	t.resendReply()
}

// acknowledged takes the ACK of a negative final reply: the retransmission ends, and the
// transaction stays for wt_timer to absorb further ACKs (timer I).
func (t *Transaction) acknowledged(m *route.Message) {
	m.Transaction = t
	t.flags |= isShared
	t.tellRequest(AckIn, m)
	if t.server.retrans {
		t.server.retrans = false
		t.wait()
	}
}

// Release ends a transaction that nothing more will come of (t_release): it goes after wt_timer.
func (t *Transaction) Release() {
	for _, b := range t.branches {
		b.stopTimer()
	}
	t.wait()
}

// AfterRequest ends a request route: it answers for a t_relay that failed, and lets go of a
// transaction that was neither relayed nor answered, nor suspended.
func (tb *Table) AfterRequest(m *route.Message) {
	t := Of(m)
	if t == nil || t.request != m || t.has(isDead) {
		return
	}
	t.flags |= isRouted
	if t.delayed != 0 && t.server.status < 200 {
		code, reason := errorReply(t.delayed).text()
		t.delayed = 0
		t.reply(m, code, reason)
	}
	if t.server.status < 200 && !t.has(isRelayed|isSuspended) || t.server.status >= 200 && t.nothingPending() && !t.server.retrans {
		t.wait()
	}
	t.thin()
}

func (t *Transaction) nothingPending() bool {
	for _, b := range t.branches {
		if b.pending() {
			return false
		}
	}
	return true
}
