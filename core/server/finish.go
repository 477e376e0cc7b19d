package server

// Finish has new work refused with 503 and Retry-After from now on: its clients go to another server. What was begun goes
// on: transactions, requests within dialogs, replies.
func (s *Server) Finish() { s.finishing.Store(true) }

// Unfinished is how much of what was begun has not ended: messages in hand, transactions without a final reply or whose
// reply waits for its ACK, bytes that a slow peer has not taken. It may be asked at any time.
func (s *Server) Unfinished() int {
	n := int(s.tmStats.Current.Load() - s.tmStats.Waiting.Load())
	for _, sh := range s.shards {
		n += sh.InHand()
	}
	if s.set != nil && s.set.Stats.QueuedBytes.Load() > 0 {
		n++
	}
	return n
}

// tooLate tells whether a request is new work while the server finishes, and answers it then.
func (x *slot) tooLate() bool {
	s, m := x.server, &x.msg
	if m.Method&goesOn != 0 || x.Urgent() || s.tables[x.shard].Known(m) != nil {
		return false
	}
	s.Stats.TooLate.Add(1)
	m.Answer.Headers = append(m.Answer.Headers, retryLater)
	_ = s.ReplyStateless(m, 503, "Server Stopping")
	return true
}
