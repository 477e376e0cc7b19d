package tm

import (
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/route"
)

// cancelSide is the client transaction of a CANCEL that follows a branch's INVITE.
type cancelSide struct {
	b        *Branch
	timer    timer
	sent     []byte
	resendAt time.Duration
	interval time.Duration
	giveUpAt time.Duration
}

// cancelReason is why a CANCEL is sent: the Reason header that goes with it (RFC 3326).
type cancelReason struct {
	code    int    // a final reply; 0: see headers
	headers string // Reason headers of the CANCEL that came in, or of a module
	copied  string // its other headers (headers_mode)
	// request is the CANCEL that came in, to be passed on instead of one made here
	// (e2e_cancel_hop_by_hop=0); nil: none.
	request *route.Message
}

// extraOf are the lines that the CANCEL has besides those of its INVITE.
func (t *Transaction) extraOf(r *cancelReason) string {
	if r == nil || r.copied == "" {
		return t.reasonOf(r)
	}
	return t.reasonOf(r) + r.copied
}

// reasonOf writes the Reason headers, if the parameters want them.
func (t *Transaction) reasonOf(r *cancelReason) string {
	v := t.table.env.Params.Get()
	switch {
	case r == nil:
		return ""
	case r.headers != "":
		return r.headers
	case r.code == 0 || v.LocalCancelReason == 0:
		return ""
	case r.code >= 200 && r.code < 300:
		return "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"
	}
	return "Reason: SIP;cause=" + strconv.Itoa(r.code) + "\r\n"
}

// cancelPending cancels every branch that has no final reply yet, and tells whether there was one.
func (t *Transaction) cancelPending(why *cancelReason) bool {
	if !t.Invite() {
		return false
	}
	any := false
	for _, b := range t.branches {
		if b.pending() {
			any = true
			b.cancelNow(why)
		}
	}
	return any
}

// cancelRest is cancelPending because of a final reply.
func (t *Transaction) cancelRest(code int) bool {
	if t.nothingPending() {
		return false
	}
	return t.cancelPending(&cancelReason{code: code})
}

// cancelNow cancels one branch. Before its first provisional reply a CANCEL could overtake
// the INVITE, so then it waits (RFC 3261 9.1), or what cancel_b_method says.
func (b *Branch) cancelNow(why *cancelReason) {
	if b.cancel != nil || b.is(branchCanceled) {
		return
	}
	b.state |= branchCanceled
	b.why = why
	if b.Replied() {
		b.sendCancel(why)
		return
	}
	switch b.t.table.env.Params.Get().CancelBMethod {
	case 0:
		b.stopTimer()
		b.state |= branchGivenUp
		b.t.branchFailed(b, 487, nil)
	case 2:
		b.sendCancel(why)
	}
}

// sendCancel sends the CANCEL and repeats it until its answer.
func (b *Branch) sendCancel(why *cancelReason) {
	tb := b.t.table
	data := b.cancelBytes(why)
	if len(data) == 0 {
		return
	}
	c := &cancelSide{b: b, sent: data}
	b.cancel = c
	b.t.localEvent(eventForCancel, data, b.flow)
	if err := tb.env.Sender.Send(b.flow, data, b.mode, nil); err != nil {
		return
	}
	b.t.tell(CancelOut, b.index, 0, nil, data)
	if b.flow.Proto.Reliable() {
		return
	}
	now := tb.now()
	c.giveUpAt = now + b.t.timing.fr
	c.interval = b.t.timing.t1
	c.resendAt = now + c.interval
	tb.arm(&c.timer, (*cancelTimer)(c), now, c.resendAt)
}

// cancelBytes is the CANCEL for the branch: made from its INVITE, or the received one on the INVITE's way.
func (b *Branch) cancelBytes(why *cancelReason) []byte {
	if why == nil || why.request == nil {
		return b.appendHop(nil, "CANCEL", nil, b.t.extraOf(why))
	}
	var id [64]byte
	out := route.Outgoing{Flow: b.flow, URI: b.URI, Path: b.Target.Path, ID: b.t.branchID(b.index).appendTo(id[:0])}
	return route.AppendRequest(nil, why.request, &out)
}

func (c *cancelSide) onTimer() {
	t := c.b.t
	now := t.table.now()
	if t.has(isDead) || c.resendAt == 0 || now >= c.giveUpAt {
		return
	}
	_ = t.table.env.Sender.Send(c.b.flow, c.sent, c.b.mode, nil)
	c.interval = min(2*c.interval, t.timing.t2)
	c.resendAt = now + c.interval
	t.table.arm(&c.timer, (*cancelTimer)(c), now, min(c.resendAt, c.giveUpAt))
}

// cancelling tells whether a branch still waits for the answer to its CANCEL, or for the first
// provisional reply that lets the CANCEL out. Until then, at most for fr_timer each, the transaction
// stays: without it the callee would ring on, or its negative reply stay without an ACK.
func (t *Transaction) cancelling() bool {
	now := t.table.now()
	for _, b := range t.branches {
		if b.is(branchCanceled) && b.pending() && !b.Replied() && b.timer.Armed() {
			return true
		}
		if c := b.cancel; c != nil && c.resendAt != 0 && now < c.giveUpAt {
			return true
		}
	}
	return false
}

// cancelReply takes the answer to a CANCEL: the retransmission ends. The INVITE's own reply says the rest.
func (b *Branch) cancelReply(m *route.Message) {
	if m.Status >= 200 {
		b.stopCancel()
	}
}

func (b *Branch) stopCancel() {
	if b.cancel != nil {
		b.cancel.resendAt = 0
		b.t.table.env.Timers.Stop(&b.cancel.timer.Timer)
	}
}

// Cancel cancels an INVITE for an operator or a module (tm.cancel, t_cancel_callid), with a
// Reason code or 0. It tells whether a branch was pending.
func (t *Transaction) Cancel(code int) bool {
	return t.cancelRest(code)
}

// CancelBranches cancels branches of the INVITE from a reply route: "all", "others" (than
// the current one) or "this" (t_cancel_branches). It gives 1, or -1.
func (t *Transaction) CancelBranches(which string) int {
	if !t.Invite() || t.run == nil {
		return failed
	}
	for _, b := range t.branches {
		current := b.index == t.run.Branch
		if b.pending() && (which == "all" || which == "others" && !current || which == "this" && current) {
			b.cancelNow(nil)
		}
	}
	return ok
}
