package shard

import "time"

// Wait lets go of the shard while f runs, and takes it again before it returns. It is
// called from inside a job, on the job's own goroutine. The jobs of other calls run
// meanwhile; those of the same call are held in order. Past Limits.Waiting waiting jobs f
// blocks the shard instead, which slows the peers down rather than taking ever more memory.
func (s *Shard) Wait(f func()) {
	r, start := s.current, time.Now()
	defer func() { r.away += time.Since(start) }()
	if s.waiting >= s.limits.Waiting {
		s.sendGathered()
		f()
		return
	}
	if s.Park != nil {
		defer s.Park()()
	}
	s.goAway(r)
	defer s.comeBack(r) // also when f panics: the shard must never be lost
	f()
}

// goAway notes that a job waits, and lets go of the shard.
func (s *Shard) goAway(r *run) {
	s.Stats.Waits.Add(1)
	r.waited = true
	if r.key != 0 && s.held[r.key] == nil {
		s.held[r.key] = new(heldCall)
	}
	s.waiting++
	s.Stats.Away.Add(1)
	s.letGo()
}

// letGo gives the shard up: to a new goroutine if jobs are queued, else to nobody.
func (s *Shard) letGo() {
	s.sendGathered()
	s.RelieveCarrier()
	s.current = nil
	s.mu.Lock()
	idle := s.queue.len() == 0
	if idle || s.Later != nil {
		s.busy = false
	}
	s.mu.Unlock()
	if !idle {
		s.drainElsewhere()
	}
}

// RelieveCarrier lets another goroutine go on with what the one that brought the present job has to do besides, its socket say. A job
// that computes for long calls it, on its own goroutine; it keeps the shard.
func (s *Shard) RelieveCarrier() {
	if c := s.carrier; c != nil {
		s.carrier = nil
		c.Relieve()
	}
}

// comeBack takes the shard again, in turn with the queued jobs.
func (s *Shard) comeBack(r *run) {
	s.mu.Lock()
	if s.busy {
		back := make(chan struct{})
		s.queue.push(entry{resume: back, urgent: true})
		s.mu.Unlock()
		<-back
	} else {
		s.busy = true
		s.mu.Unlock()
	}
	s.carrier = nil
	s.current = r
	s.waiting--
	s.Stats.Away.Add(-1)
}
