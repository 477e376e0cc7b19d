package shard

import (
	"runtime"
	"time"
)

const (
	// aside is how long a goroutine that has a duty of its own runs a shard for others before another one takes over.
	aside = 10 * time.Millisecond
	// turn is how long a shard that is behind runs before it lets the readers have the processor.
	turn = 4 * time.Millisecond
)

// drain runs the queue empty and gives the shard up. It tells whether c has been relieved.
func (s *Shard) drain(c Carrier) (relieved bool) {
	at := shift{shard: s}
	for {
		e, ok := s.next()
		if !ok {
			relieved = c != nil && s.carrier == nil
			s.carrier = nil
			s.busy = false
			s.mu.Unlock()
			return relieved
		}
		s.mu.Unlock()
		if e.resume != nil { // the shard goes to the goroutine that comes back
			s.sendGathered()
			relieved = c != nil && s.carrier == nil
			e.resume <- struct{}{}
			return relieved
		}
		now := s.note(&e)
		at.work(now, c == nil && s.behind())
		s.start(e)
		if c != nil && s.carrier == c && s.Later == nil && now.Sub(at.began) >= aside {
			s.carrier = nil
			s.drainElsewhere() // the carrier's own duty does not wait for the end of a long queue
			return false
		}
	}
}

// next takes a job from the queue and keeps the lock. If there is none, all that was gathered is sent.
func (s *Shard) next() (entry, bool) {
	for {
		s.mu.Lock()
		e, ok := s.queue.pop()
		if ok || !s.gathering.Load() {
			return e, ok
		}
		s.mu.Unlock()
		s.sendGathered()
	}
}

// shift is the time of one goroutine at a shard.
type shift struct {
	shard         *Shard
	began, turned time.Time
}

// work is that a job begins. Late tells whether the shard is behind and the goroutine has no other duty: then others may have the
// processor first, from time to time, and what is sent is gathered until then.
func (t *shift) work(now time.Time, late bool) {
	t.shard.gather(late)
	switch {
	case t.began.IsZero():
		t.began, t.turned = now, now
	case late && now.Sub(t.turned) >= turn:
		t.turned = now
		t.shard.sendGathered()
		runtime.Gosched()
		t.shard.gather(true)
	}
}

// note tells the gauge of a job from the queue, and gives the time.
func (s *Shard) note(e *entry) time.Time {
	now := s.Clock.Now()
	if e.fresh {
		s.noteIdle()
	} else {
		s.Load.Waiting(now)
	}
	return now
}

// noteIdle tells the gauge that the shard had nothing to do. While it refuses what comes, that is no sign that it has caught up.
func (s *Shard) noteIdle() {
	if !s.refused.Load() {
		s.Load.Idle(s.Clock.Now)
		return
	}
	s.refused.Store(false)
}
