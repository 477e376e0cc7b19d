package tm

import "sync/atomic"

// Stats count what one table did. They are written inside the shard and may be read from any goroutine.
type Stats struct {
	Current      atomic.Int64     // transactions in the table
	Waiting      atomic.Int64     // of these, finished ones that absorb repetitions
	Created      atomic.Uint64    // transactions made
	Local        atomic.Uint64    // of these, for requests of our own
	Freed        atomic.Uint64    // transactions destroyed
	RplReceived  atomic.Uint64    // replies that came in, also those that match nothing
	RplGenerated atomic.Uint64    // replies made here
	RplRelayed   atomic.Uint64    // replies passed on
	RplSent      atomic.Uint64    // replies sent, without retransmissions
	Completed    [5]atomic.Uint64 // transactions by the class of their final reply: 2xx to 6xx
}

// completed counts the final reply of a transaction.
func (s *Stats) completed(code int) {
	if class := code/100 - 2; class >= 0 && class < len(s.Completed) {
		s.Completed[class].Add(1)
	}
}
