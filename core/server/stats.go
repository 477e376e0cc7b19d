package server

import (
	"math/bits"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Stats are the server's counters; read them at any time.
type Stats struct {
	Requests          atomic.Uint64 // requests that reached their shard
	Replies           atomic.Uint64 // replies that reached their shard
	DroppedReplies    atomic.Uint64 // by the script, or because they had nowhere to go
	DroppedRequests   atomic.Uint64 // requests that could not be relayed without a transaction
	ForwardedRequests atomic.Uint64 // requests relayed without a transaction
	ForwardedReplies  atomic.Uint64 // replies relayed without a transaction
	Malformed         atomic.Uint64 // messages that could not be read
	BadHeaders        atomic.Uint64 // of these, those that do more than lack a header
	BadRequests       atomic.Uint64 // of these, requests that lack a header, repeat one or have a broken To or CSeq
	BadReplies        atomic.Uint64 // such replies
	BadURIs           atomic.Uint64 // URIs that somebody needed and that could not be read
	NotSIP            atomic.Uint64 // messages of other protocols
	Overload          atomic.Uint64 // messages that no shard could take
	Refused           atomic.Uint64 // new requests answered with 503 because the server was behind
	TooLate           atomic.Uint64 // new requests answered with 503 because the server finishes
	AbsorbedACKs      atomic.Uint64 // ACKs of stateless replies
	UnsentReplies     atomic.Uint64 // stateless replies that could not be sent
	Panics            atomic.Uint64 // internal errors that a message met
	LookupsRefused    atomic.Uint64 // names that were not looked up because too many requests waited already

	requests [methodBits]atomic.Uint64          // by the bit of their method
	replies  [classes][methodBits]atomic.Uint64 // by their class and the bit of their method
	received [maxCode + 1]atomic.Uint64         // replies by code

	sent [maxCode + 1]atomic.Uint64 // stateless replies by code; the last stands for all from there on
}

const maxCode = 700

// What is counted apart: the methods that sip.Method has bits for, and the classes of codes.
const (
	methodBits = 32
	classes    = maxCode / 100
)

func (s *Stats) countRequest(m sip.Method) {
	s.Requests.Add(1)
	s.requests[bitOf(m)].Add(1)
}

func (s *Stats) countReply(m *route.Message) {
	s.Replies.Add(1)
	code := max(0, min(m.Status, maxCode))
	s.received[code].Add(1)
	if cseq, err := m.CSeq(); err == nil && code < maxCode {
		s.replies[code/100][bitOf(cseq.Method)].Add(1)
	}
}

// countMalformed counts a message that cannot be read, in the incumbent's classes.
func (s *Stats) countMalformed(m *sip.Message, err error) {
	s.Malformed.Add(1)
	if err != sip.ErrMissing {
		s.BadHeaders.Add(1)
	}
	switch err {
	case sip.ErrMissing, sip.ErrNameAddr, sip.ErrCSeq, sip.ErrRepeated:
		if m.IsRequest {
			s.BadRequests.Add(1)
		} else {
			s.BadReplies.Add(1)
		}
	}
}

// countBadURIs counts the URIs of a message that the script wanted and that could not be read.
func (s *Stats) countBadURIs(m *route.Message) {
	if m.Message == nil { // given up by its transaction
		return
	}
	if n := m.BadURIs(); n > 0 {
		s.BadURIs.Add(uint64(n))
	}
}

// bitOf is the place of a method in the counters.
func bitOf(m sip.Method) int {
	if m == 0 {
		m = sip.MethodOther
	}
	return bits.TrailingZeros32(uint32(m))
}

// RequestsOf is how many requests with one of the known methods reached their shard.
func (s *Stats) RequestsOf(m sip.Method) uint64 {
	return s.requests[bitOf(m)].Load()
}

// RepliesOf is how many replies of a class, from 1 to 6, to requests with one of the known methods were received.
func (s *Stats) RepliesOf(class int, m sip.Method) uint64 { return s.replies[class][bitOf(m)].Load() }

// ReceivedReplies is how many replies with a code in [from, to] were received.
func (s *Stats) ReceivedReplies(from, to int) uint64 { return sum(&s.received, from, to) }

func sum(codes *[maxCode + 1]atomic.Uint64, from, to int) (n uint64) {
	for code := max(0, from); code <= min(to, maxCode); code++ {
		n += codes[code].Load()
	}
	return n
}

func (s *Stats) count(code int) { s.sent[max(0, min(code, maxCode))].Add(1) }

// StatelessReplies is how many stateless replies with a code in [from, to] were sent.
func (s *Stats) StatelessReplies(from, to int) uint64 { return sum(&s.sent, from, to) }
