package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Reply handles a received reply. It gives false for one that belongs to no transaction here:
// such a reply is passed on without state. Reply callbacks run inside it, so it may let go of the shard.
func (tb *Table) Reply(m *route.Message) bool {
	tb.env.Stats.RplReceived.Add(1)
	b, method := tb.branchOf(m)
	if b == nil || b.t.has(isWaiting) && tb.env.Params.Get().ReplyMatching&activeOnly != 0 {
		return tb.strayReply(m)
	}
	m.Transaction = b.t
	if method == sip.MethodCancel && b.t.Invite() {
		b.cancelReply(m)
		return true
	}
	b.t.received(b, m)
	b.t.thin()
	return true
}

// activeOnly is the bit of reply_matching that leaves finished transactions alone.
const activeOnly = 1

// OnStrayReply has f called for each reply that belongs to no transaction; such replies go no further then. It
// is for the time before the server runs.
func (tb *Table) OnStrayReply(f func(*route.Message)) { tb.stray = f }

func (tb *Table) strayReply(m *route.Message) (dealtWith bool) {
	if tb.stray == nil {
		return false
	}
	tb.stray(m)
	return true
}

// BranchOf is the branch that a reply belongs to and the transaction's ID, for the route that runs
// before Reply; nil if there is none.
func (tb *Table) BranchOf(m *route.Message) *Branch {
	b, _ := tb.branchOf(m)
	return b
}

// branchOf finds the branch that a reply belongs to (RFC 3261 17.1.3), and the method replied to.
func (tb *Table) branchOf(m *route.Message) (*Branch, sip.Method) {
	via, err := m.TopVia()
	if err != nil {
		return nil, 0
	}
	id, found := parseBranchID(via.Branch)
	if !found || int(id.shard) != tb.env.Shard {
		return nil, 0
	}
	t := tb.at(id.slot, id.label)
	cseq, err := cseqOf(m)
	if t == nil || err != nil || id.branch >= len(t.branches) {
		return nil, 0
	}
	b := t.branches[id.branch]
	if !t.isOf(cseq.Method, cseq.MethodName) && (cseq.Method != sip.MethodCancel || b.cancel == nil) {
		return nil, 0
	}
	if tb.env.Params.Get().CallIDCSeqMatching != 0 && !sameCall(t.Request(), m) {
		return nil, 0
	}
	return b, cseq.Method
}

// sameCall compares Call-ID and CSeq number.
func sameCall(a, b *route.Message) bool {
	x, errA := a.CSeq()
	y, errB := b.CSeq()
	return errA == nil && errB == nil && x.Number == y.Number && a.CallID() == b.CallID()
}

// received moves a branch on by a reply.
func (t *Transaction) received(b *Branch, m *route.Message) {
	code := m.Status
	t.tell(ReplyIn, b.index, code, m, nil)
	if t.Invite() && code >= 300 {
		b.acknowledge(m)
	}
	b.block(m)
	if code < 200 && !b.provisional(code) {
		return
	}
	held := b.holdsReply()
	if code >= 200 && !held {
		b.stopTimer()
		b.stopCancel()
	}
	out := t.replyRoute(b, m)
	code = m.Status // the script may have given the reply another one
	if out == route.Dropped && code < 200 || t.has(isDead) || held || b.holdsReply() {
		return
	}
	t.advance(b, m, code)
	b.state |= branchSeen
}

// advance is what a reply does to the branch and the transaction once the script has seen it.
func (t *Transaction) advance(b *Branch, m *route.Message, code int) {
	switch {
	case t.has(isReplica) && code >= 200 && b.pending():
		t.replicaEnds(b, code)
	case t.has(isReplica):
	case code < 200:
		t.passProvisional(b, m)
	case code < 300:
		t.succeeded(b, m)
	case b.status < 200:
		m.Keep()
		t.branchFailed(b, code, m)
	}
}

// provisional does what a 1xx does before any script runs. It gives false for one that goes no further.
func (b *Branch) provisional(code int) bool {
	if b.status >= 200 {
		if b.is(branchTimedOut|branchGivenUp) && b.t.Invite() && b.cancel == nil {
			b.state |= branchReplied
			b.sendCancel(&cancelReason{code: b.status}) // it woke up after we had given up
		}
		return false
	}
	b.provisionalTimers(code)
	b.state |= branchReplied
	if b.is(branchCanceled) && b.cancel == nil {
		b.status = code
		b.sendCancel(b.why)
		return false
	}
	return true
}

// replyRoute runs the reply callback of the branch or the transaction.
func (t *Transaction) replyRoute(b *Branch, m *route.Message) route.Outcome {
	cb := b.onReply
	if !cb.Set() {
		cb = t.armed.Reply
	}
	m.Vars = t.request.Vars
	if !cb.Set() {
		return route.Done
	}
	return t.runReplyRoute(b, m, cb, "")
}

// runReplyRoute runs a reply callback with the flags of the transaction and the branch.
func (t *Transaction) runReplyRoute(b *Branch, m *route.Message, cb route.Callback, event string) route.Outcome {
	m.Vars = t.replyVars()
	m.Flags, m.XFlags, m.Target.Flags = t.saved.flags, t.saved.xflags, b.Target.Flags
	out := t.runRoute(route.Call{Kind: route.TMReplyRoute, Callback: cb, Message: m, Branch: b.index, Event: event},
		Run{Branch: b.index, Code: m.Status, Reply: m})
	t.saved.flags, t.saved.xflags, b.Target.Flags = m.Flags, m.XFlags, m.Target.Flags
	return out
}

// replyVars are the AVPs that a reply route sees (onreply_avp_mode).
func (t *Transaction) replyVars() *route.Vars {
	if t.table.env.Params.Get().OnReplyAVPMode == 0 {
		return new(route.Vars)
	}
	return t.request.AVPs()
}

// passProvisional relays a 1xx unless the client has its final reply already (RFC 3261 16.7 step 5).
func (t *Transaction) passProvisional(b *Branch, m *route.Message) {
	if b.status >= 200 {
		return
	}
	b.status = m.Status
	v := t.table.env.Params.Get()
	switch {
	case t.ended():
	case t.Local():
		if v.PassProvisional != 0 {
			t.local.tell(t, m, m.Status)
		}
	case m.Status > 100 || v.Relay100 != 0:
		t.relayReply(m, b.index)
	}
}

// succeeded passes a 2xx on and cancels the branches that lost. Each 2xx to an INVITE goes
// through, repeated and late ones too (RFC 6026 7.2).
func (t *Transaction) succeeded(b *Branch, m *route.Message) {
	first := b.status < 200
	b.status = m.Status
	if t.Local() {
		t.localAnswered(b, m, first)
		return
	}
	if !t.Invite() && t.ended() {
		return
	}
	t.relayReply(m, b.index)
	if t.server.retrans { // the 2xx came after a negative reply of ours
		t.wait()
	}
	if first {
		b.release()
		t.cancelRest(m.Status)
	}
}
