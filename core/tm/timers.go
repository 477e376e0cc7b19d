package tm

import "time"

// setTiming gives a new transaction its timers by the parameters.
func (t *Transaction) setTiming() {
	v := t.table.env.Params.Get()
	t.timing = timing{
		fr: millis(v.FrTimer), frInv: millis(v.FrInvTimer), t1: millis(v.RetrTimer1), t2: millis(v.RetrTimer2),
	}
	life := millis(v.MaxNonInvLifetime)
	if t.Invite() {
		life = millis(v.MaxInvLifetime)
	}
	t.timing.end = endOfLife(t.table.now(), life)
}

// endOfLife is the instant that a lifetime ends; 0 is no limit.
func endOfLife(now, life time.Duration) time.Duration {
	if life == 0 {
		return 0
	}
	return now + life
}

// limit cuts a deadline to the end of the transaction's life.
func (t *Transaction) limit(at time.Duration) time.Duration {
	if end := t.timing.end; end != 0 && at > end {
		return end
	}
	return at
}

// startTimers begins timers A and B, or E and F (RFC 3261 17.1.1.2, 17.1.2.2) with the incumbent's values.
func (b *Branch) startTimers() {
	tb := b.t.table
	now := tb.now()
	b.giveUpAt = b.t.limit(now + b.t.timing.fr)
	b.resendAt = 0
	if !b.flow.Proto.Reliable() {
		b.interval = b.t.timing.t1
		b.resendAt = now + b.interval
	}
	b.schedule(now)
}

// schedule arms the branch's timer for what comes first.
func (b *Branch) schedule(now time.Duration) {
	at := b.giveUpAt
	if b.resendAt != 0 && b.resendAt < at {
		at = b.resendAt
	}
	b.t.table.arm(&b.timer, (*branchTimer)(b), now, at)
}

func (b *Branch) onTimer() {
	if b.t.has(isDead) || !b.pending() {
		return
	}
	now := b.t.table.now()
	if now >= b.giveUpAt {
		b.timeout()
		return
	}
	if b.resendAt != 0 && now >= b.resendAt {
		b.resend()
		b.interval = min(2*b.interval, b.t.timing.t2)
		if b.Replied() { // only a non-INVITE goes on: at T2 from its first provisional on
			b.interval = b.t.timing.t2
		}
		b.resendAt = now + b.interval
	}
	b.schedule(now)
}

// provisionalTimers does what a provisional reply does to the timers: an INVITE stops its
// retransmission and waits for fr_inv_timer, anything else goes on at T2.
func (b *Branch) provisionalTimers(code int) {
	t := b.t
	now := t.table.now()
	if !t.Invite() {
		if b.resendAt != 0 && !b.Replied() {
			b.interval = t.timing.t2
			b.resendAt = now + b.interval
			b.schedule(now)
		}
		return
	}
	b.resendAt = 0
	first := b.status < code && (code >= 180 || b.status == 0)
	if first || t.table.env.Params.Get().RestartFrOnEachReply != 0 {
		b.giveUpAt = t.limit(now + t.timing.frInv)
	}
	b.schedule(now)
}

func (b *Branch) stopTimer() {
	b.resendAt = 0
	b.t.table.env.Timers.Stop(&b.timer.Timer)
}

// startReplyTimers repeats a negative final reply to an INVITE until its ACK, timers G and H of 17.2.1.
func (t *Transaction) startReplyTimers() {
	now := t.table.now()
	s := &t.server
	s.giveUpAt = now + t.timing.fr
	s.resendAt = 0
	if !s.flow.Proto.Reliable() {
		s.interval = t.timing.t1
		s.resendAt = now + s.interval
	}
	s.retrans = true
	t.scheduleReply(now)
}

func (t *Transaction) scheduleReply(now time.Duration) {
	at := t.server.giveUpAt
	if t.server.resendAt != 0 && t.server.resendAt < at {
		at = t.server.resendAt
	}
	t.arm(now, at)
}

// wait keeps a finished transaction to absorb what comes late (wt_timer: timers D, I, J, K and
// L of RFC 3261 and RFC 6026), and then lets it go.
func (t *Transaction) wait() {
	if t.has(isDead | isWaiting) {
		return
	}
	t.server.retrans = false
	t.flags |= isWaiting
	t.table.env.Stats.Waiting.Add(1)
	t.armWait()
}

// together is how finely the ends of transactions are told apart. Nobody waits for one: those that come close to one another
// come together, since each time that the wheel is moved wakes a thread, which costs as much as two messages.
const together = 100 * time.Millisecond

// armWait has the transaction end after wt_timer.
func (t *Transaction) armWait() {
	now := t.table.now()
	end := now + millis(t.table.env.Params.Get().WtTimer)
	t.arm(now, (end + together - 1).Truncate(together))
}

func (t *Transaction) onTimer() {
	switch {
	case t.has(isDead):
	case t.has(isWaiting) && t.cancelling():
		t.armWait()
	case t.has(isWaiting):
		t.table.remove(t)
		t.table.finished.forget()
	case t.server.retrans:
		t.replyTimer()
	}
}

func (t *Transaction) replyTimer() {
	now := t.table.now()
	s := &t.server
	if now >= s.giveUpAt {
		t.wait() // no ACK came: timer H
		return
	}
	if s.resendAt != 0 && now >= s.resendAt {
		t.resendReply()
		s.interval = min(2*s.interval, t.timing.t2)
		s.resendAt = now + s.interval
	}
	t.scheduleReply(now)
}

// stopAll disarms every timer of the transaction.
func (t *Transaction) stopAll() {
	timers := t.table.env.Timers
	timers.Stop(&t.timer.Timer)
	for _, b := range t.branches {
		timers.Stop(&b.timer.Timer)
		if b.cancel != nil {
			timers.Stop(&b.cancel.timer.Timer)
		}
	}
}
