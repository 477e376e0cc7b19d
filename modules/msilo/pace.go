package msilo

import "time"

// pace is how many mailboxes may be sent at the same time. A next hop that is slower than what is sent to it answers
// late, gets every message several times meanwhile, and its answers to those that were given up are in vain: the more is
// sent, the less is delivered. So the number is low at first, grows with each mailbox whose messages were answered soon,
// and is halved when answers are late. Silence changes nothing: a phone that is gone says nothing of the others.
type pace struct {
	allowed int
	slow    bool      // answers have been late: it grows by one a round from now on
	round   int       // mailboxes that went well since the number changed
	halved  time.Time // the last time
}

const (
	// leastSending is how many mailboxes may be sent in any case.
	leastSending = 4
	// lateAnswer is when a message has been repeated, and a number that has doubled meanwhile can still be answered in time.
	lateAnswer = time.Second
	// silence is how long a mailbox without answers keeps others from being sent.
	silence = 8 * time.Second
)

// late notes a late answer. What was sent before the last halving says nothing of the time since.
func (p *pace) late(sent, now time.Time) {
	if sent.Before(p.halved) {
		return
	}
	p.allowed, p.slow, p.round, p.halved = max(leastSending, p.allowed/2), true, 0, now
}

// well notes a mailbox that went well.
func (p *pace) well() {
	if p.round++; p.slow && p.round < p.allowed {
		return
	}
	p.allowed, p.round = min(p.allowed+1, maxActive), 0
}
