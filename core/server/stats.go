package server

import "sync/atomic"

// Stats are the server's counters; read them at any time.
type Stats struct {
	Requests          atomic.Uint64 // requests that reached their shard
	Replies           atomic.Uint64 // replies that reached their shard
	DroppedReplies    atomic.Uint64 // by the script, or because they had nowhere to go
	ForwardedRequests atomic.Uint64 // requests relayed without a transaction
	ForwardedReplies  atomic.Uint64 // replies relayed without a transaction
	Malformed         atomic.Uint64 // messages that could not be read
	NotSIP            atomic.Uint64 // messages of other protocols
	Overload          atomic.Uint64 // messages that no shard could take
	Refused           atomic.Uint64 // new requests answered with 503 because the server was behind
	TooLate           atomic.Uint64 // new requests answered with 503 because the server finishes
	AbsorbedACKs      atomic.Uint64 // ACKs of stateless replies
	Panics            atomic.Uint64 // internal errors that a message met
	LookupsRefused    atomic.Uint64 // names that were not looked up because too many requests waited already

	sent [maxCode + 1]atomic.Uint64 // stateless replies by code; the last stands for all from there on
}

const maxCode = 700

func (s *Stats) count(code int) { s.sent[max(0, min(code, maxCode))].Add(1) }

// StatelessReplies is how many stateless replies with a code in [from, to] were sent.
func (s *Stats) StatelessReplies(from, to int) (n uint64) {
	for code := max(0, from); code <= min(to, maxCode); code++ {
		n += s.sent[code].Load()
	}
	return n
}
