package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// branchFailed takes a final reply of 300 or above for a branch; m is nil for one made here.
// When no branch is left, the best reply goes to the failure route and upstream.
func (t *Transaction) branchFailed(b *Branch, code int, m *route.Message) {
	if t.has(isReplica) {
		t.replicaEnds(b, code)
		return
	}
	if t.ended() {
		b.status = code
		b.release()
		return
	}
	if t.failover(b, code) {
		return
	}
	b.status, b.reply = code, m
	b.release()
	t.branchFailureRoute(b, code, m)
	if t.has(isDead) || t.ended() {
		return
	}
	if code >= 600 && !t.has(noSixBlock) && t.table.env.Params.Get().Disable6xxBlock == 0 {
		t.cancelRest(code)
		if t.has(isDead) || t.ended() { // with cancel_b_method=0 the others are over already
			return
		}
	}
	if best, waiting := t.best(); !waiting {
		t.allFailed(best, b)
	}
}

// branchFailureRoute runs the callback of t_on_branch_failure, which may open another branch in place of this one.
func (t *Transaction) branchFailureRoute(b *Branch, code int, m *route.Message) {
	cb := b.onFail
	if !cb.Set() {
		cb, t.armed.BranchFailure = t.armed.BranchFailure, route.Callback{}
	}
	if !cb.Set() {
		return
	}
	f := t.fake()
	f.Target.Flags = b.Target.Flags
	f.RUID, f.Instance, f.Path = b.Target.RUID, b.Target.Instance, b.Target.Path
	t.runRoute(route.Call{Kind: route.BranchFailureRoute, Callback: cb, Message: f, Reply: m, Branch: b.index},
		Run{Branch: b.index, Code: code, Reply: m, incoming: b})
	t.keepFake(f)
}

// allFailed ends the transaction with the best reply, unless the failure route opens further branches or answers.
func (t *Transaction) allFailed(best, last *Branch) {
	if best != nil {
		t.tell(OnFailure, best.index, best.status, best.reply, nil)
		if t.failureRoute(best, last) {
			return
		}
		var waiting bool
		if best, waiting = t.best(); waiting {
			return
		}
	}
	if t.Local() {
		t.localFailed(best)
		return
	}
	t.sendBest(best)
}

// failureRoute runs the callback of t_on_failure that was armed when the best branch was opened: that of an
// old branch runs again if it stays the best. It gives true if the route has taken over: it answered, or new branches are out.
func (t *Transaction) failureRoute(best, last *Branch) (taken bool) {
	cb := best.onFailed
	if !cb.Set() {
		return false
	}
	t.armed = route.Armed{Reply: t.armed.Reply}
	before := len(t.branches)
	f := t.fake()
	f.Target.Flags = best.Target.Flags
	start := t.table.env.Clock.Now()
	t.runRoute(route.Call{Kind: route.FailureRoute, Callback: cb, Message: f, Reply: best.reply, Branch: best.index},
		Run{Branch: best.index, Code: best.status, Reply: best.reply, incoming: last})
	t.checkTime(start)
	t.keepFake(f)
	if t.has(isDead) || t.ended() {
		return true
	}
	t.dropAfterFailure(before)
	if t.has(isSuspended) {
		return true
	}
	_, waiting := t.best()
	return waiting
}

// sendBest sends the best reply upstream.
func (t *Transaction) sendBest(best *Branch) {
	v := t.table.env.Params.Get()
	switch {
	case best == nil:
		t.replyHere(errorReply(t.sendError()).text())
	case best.reply == nil:
		t.replyHere(t.madeReply(best.status, v))
	case best.status == 503 && v.Remap503 != 0:
		t.replyHere(500, sip.ReasonPhrase(503))
	case best.status == 401 || best.status == 407:
		t.sendChallenges(best, v)
	default:
		t.relayReply(best.reply, best.index)
	}
	t.dropBranchReplies()
}

// dropBranchReplies frees the stored replies, which nobody asks for after the final one.
func (t *Transaction) dropBranchReplies() {
	if t.run == nil {
		for _, b := range t.branches {
			b.reply = nil
		}
	}
}

// replyHere answers with a reply of our own.
func (t *Transaction) replyHere(code int, reason string) {
	t.reply(t.Request(), code, reason)
}

// madeReply is the code and reason for a branch that ended without a reply.
func (t *Transaction) madeReply(code int, v *Values) (int, string) {
	switch {
	case code == 408 && t.has(isCanceled):
		code = 487
	case code == 408:
		return v.Reply408Code, v.Reply408Reason
	case code == -errDelivery:
		return errorReply(errDelivery).text()
	}
	return code, sip.ReasonPhrase(code)
}
