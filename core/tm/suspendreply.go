package tm

import "github.com/moonroute/moonroute/core/route"

// suspendReply holds back the reply of the reply route that runs. fr_timer ends the wait.
func (t *Transaction) suspendReply(m *route.Message) int {
	if t == nil || t.run == nil || t.run.Reply != m || t.has(isSuspended|isDead) {
		return failed
	}
	m.Keep()
	b := t.branches[t.run.Branch]
	t.suspend = &suspension{branch: b, reply: m}
	t.flags |= isSuspended
	now := t.table.now()
	b.resendAt = 0
	b.giveUpAt = t.limit(now + t.timing.fr)
	b.schedule(now)
	return ok
}

// holdsReply tells whether a reply of the branch waits for t_continue.
func (b *Branch) holdsReply() bool {
	s := b.t.suspend
	return s != nil && s.branch == b && s.reply != nil
}

// continueReply goes on with the reply that waits: cb runs with it, and then it takes effect.
func (t *Transaction) continueReply(cb route.Callback, event string) int {
	b, m := t.suspend.branch, t.suspend.reply
	t.flags &^= isSuspended
	t.suspend = nil
	if m.Status < 200 {
		b.provisionalTimers(m.Status)
	} else {
		b.stopTimer()
	}
	if t.runReplyRoute(b, m, cb, event) == route.Dropped && m.Status < 200 || t.has(isDead) || b.holdsReply() {
		return ok
	}
	if m.Status >= 200 && m.Status < 300 && t.overtaken() {
		t.passBy(b, m)
		return ok
	}
	t.advance(b, m, m.Status)
	b.state |= branchSeen
	return ok
}

// overtaken tells whether another final reply went upstream while one was suspended, and stays the
// transaction's (reply_relay_mode).
func (t *Transaction) overtaken() bool {
	return t.ended() && !t.Local() && !t.has(isReplica) && t.table.env.Params.Get().ReplyRelayMode != 0
}

// passBy relays a 2xx that does not become the transaction's reply: the other one is still what ACKs
// belong to, and what is repeated.
func (t *Transaction) passBy(b *Branch, m *route.Message) {
	tb := t.table
	b.status = m.Status
	b.release()
	tb.out = route.Outgoing{Flow: t.server.flow}
	tb.buf = route.AppendReply(tb.buf[:0], m, &tb.out)
	tb.env.Stats.RplRelayed.Add(1)
	tb.env.Stats.RplSent.Add(1)
	_ = tb.env.Sender.Send(t.server.flow, tb.buf, t.request.Reply, nil) // an upstream that is gone asks again
}

// IsRepeatedSuspended tells whether a reply repeats one that waits for t_continue (t_is_retr_async_reply).
func (tb *Table) IsRepeatedSuspended(m *route.Message) bool {
	b := tb.BranchOf(m)
	return b != nil && b.holdsReply() && b.t.suspend.reply != m && b.t.suspend.reply.Status == m.Status
}
