package shard

import "github.com/moonroute/moonroute/core/load"

// behind tells whether the shard has fallen behind.
func (s *Shard) behind() bool { return s.Load.Behind() >= load.Start }

// Queued is how many jobs wait for the shard now. It may be called from any goroutine.
func (s *Shard) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.len()
}

// InHand is how many jobs are not done: those that wait for the shard, that have let go of it, and the one that runs. It may be
// called from any goroutine.
func (s *Shard) InHand() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.queue.len() + int(s.Stats.Away.Load())
	if s.busy {
		n++
	}
	return n
}
