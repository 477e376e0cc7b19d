package shard

import "time"

const (
	paceSpan = 100 * time.Millisecond // for so long a shard counts what it does
	longWait = 50 * time.Millisecond  // how long new work should wait at most in a shard that is behind
	// leastRoom is for a shard that did nothing new for so long.
	leastRoom = 16
)

// pace turns what a shard did of new work into room for more of it.
type pace struct {
	since  time.Time
	before int // how much it had done then
	room   int // what it does in longWait, as measured last
}

func (p *pace) note(now time.Time, done int) {
	span := now.Sub(p.since)
	if span < paceSpan {
		return
	}
	p.room = int(float64(done-p.before) * float64(longWait) / float64(span))
	p.since, p.before = now, done
}
