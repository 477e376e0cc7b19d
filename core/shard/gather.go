package shard

// Gathers tells whether what jobs send may wait for more of it, and leave together. That is so while the shard is behind: each message
// by itself costs the system more than most jobs take. Whoever asked before sending asks once more after it, and calls Flush if it is over.
func (s *Shard) Gathers() bool { return s.gathering.Load() }

// gather begins to do so, or ends it.
func (s *Shard) gather(on bool) {
	switch {
	case !on:
		s.sendGathered()
	case s.Flush != nil && !s.gathering.Load():
		s.gathering.Store(true)
	}
}

// sendGathered sends what waits. Whoever gives the shard up calls it before.
func (s *Shard) sendGathered() {
	if s.gathering.Load() {
		s.gathering.Store(false)
		s.Flush()
	}
}
