package tm

import "github.com/moonroute/moonroute/core/route"

// suspension is a place kept for a transaction that waits for t_continue.
type suspension struct {
	branch *Branch
	reply  *route.Message // that waits on the branch; nil: the request does
}

// Suspend parks the request in hand (t_suspend): its transaction is made if there is none, an
// INVITE gets 100, and fr_timer runs. In a reply route it is the reply that waits. It gives 1, or -1.
func (tb *Table) Suspend(m *route.Message) int {
	t := Of(m)
	if !m.IsRequest {
		return t.suspendReply(m)
	}
	if t == nil {
		if rc := tb.New(m); rc <= 0 {
			return rc
		}
		if t = Of(m); t == nil {
			return failed // an ACK
		}
	}
	if t.has(isSuspended) {
		return ok
	}
	if t.has(isDead) || t.ended() {
		return failed
	}
	t.trying(m)
	t.snapshot(m)
	t.SaveEdits(m)
	b := t.addBranch()
	t.suspend = &suspension{branch: b}
	t.flags |= isSuspended
	now := tb.now()
	b.giveUpAt = t.limit(now + t.timing.fr)
	b.schedule(now)
	return ok
}

// Continue goes on with a suspended transaction: cb runs with the request as it was
// (t_continue). It gives 1, or -1 if the transaction is not suspended. It may let go of the shard.
func (t *Transaction) Continue(cb route.Callback, event string) int {
	if !t.has(isSuspended) || t.has(isDead) {
		return failed
	}
	if t.suspend.reply != nil {
		return t.continueReply(cb, event)
	}
	t.resume()
	f := t.fake()
	f.Edits = t.saved.edits.Clone()
	f.URIUsed = false
	t.runRoute(route.Call{Kind: route.FailureRoute, Callback: cb, Message: f, Branch: -1, Event: event}, Run{Branch: -1})
	t.keepFake(f)
	if t.has(isDead|isSuspended) || t.ended() || !t.nothingPending() {
		return ok
	}
	code, reason := errorReply(failed).text()
	t.reply(t.Request(), code, reason)
	return ok
}

// resume gives up the place that the suspension kept.
func (t *Transaction) resume() {
	b := t.suspend.branch
	t.flags &^= isSuspended
	t.suspend = nil
	b.stopTimer()
	b.state |= branchUnsent
}
