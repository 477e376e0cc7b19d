package shard

// Queued is how many jobs wait for the shard now. It may be called from any goroutine.
func (s *Shard) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.len()
}
