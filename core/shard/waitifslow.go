package shard

import "time"

// WaitIfSlow is Wait for what is mostly done in less time than letting go of the shard takes: f begins while the job has
// the shard, and calls slow before it blocks for longer. From then on it is as in Wait. Where jobs are queued the shard is let go at
// once. It is called from inside a job, and slow on the job's own goroutine; further calls of slow do nothing.
func (s *Shard) WaitIfSlow(f func(slow func())) {
	r := s.current
	var start time.Time // zero: the job has the shard
	var back func()
	defer func() {
		if start.IsZero() {
			return
		}
		s.comeBack(r) // also when f panics: the shard must never be lost
		if back != nil {
			back()
		}
		r.away += time.Since(start)
	}()
	slow := func() {
		if !start.IsZero() || s.waiting >= s.limits.Waiting {
			return
		}
		start = time.Now()
		if s.Park != nil {
			back = s.Park()
		}
		s.goAway(r)
	}
	if s.Queued() > 0 {
		slow()
	}
	f(slow)
}
