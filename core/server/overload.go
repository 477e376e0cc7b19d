package server

import (
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/load"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
)

// retryLater asks a client that was refused to leave this server alone for a while (RFC 3261 21.5.4).
const retryLater = "Retry-After: 5\r\n"

// oldest is how long a new request may have waited in a shard that has fallen behind. Past a half second its client would
// send it again (RFC 3261 17.1.1.2), and make more work of it.
const oldest = 100 * time.Millisecond

// goesOn are the methods that belong to what was begun, with a To tag or without.
const goesOn = sip.MethodAck | sip.MethodBye | sip.MethodCancel | sip.MethodPrack

// Urgent implements shard.Urgent: it tells whether a message is part of work that was begun: a reply, or a request within a dialog. A CANCEL
// is not: it must not overtake its INVITE.
func (x *slot) Urgent() bool {
	m := &x.msg
	if !m.IsRequest || m.Method&goesOn&^sip.MethodCancel != 0 {
		return true
	}
	to, err := m.To()
	return err == nil && to.Tag != ""
}

// refused tells whether a request is new work that the server is too far behind to take, and answers it then. It runs in the
// request's turn, so that it can tell a repetition of what was taken before.
func (x *slot) refused() bool {
	s, m := x.server, &x.msg
	if s.finishing.Load() {
		return x.tooLate()
	}
	if s.shards[x.shard].Load.Behind() < load.Start || s.opt.Limits.TakeAll || m.Method&goesOn != 0 {
		return false
	}
	if s.clock.Now().Sub(m.Received) < oldest || x.Urgent() || s.tables[x.shard].Known(m) != nil {
		return false
	}
	s.refuse(x, nil)
	return true
}

// hand gives a message to its shard. While the reader or the shard is behind, the reader reads on and another goroutine runs the
// shard: the messages wait where they are in the right order and their age is known, rather than in the system, which
// throws away what does not fit whatever it is.
func (s *Server) hand(x *slot, behind time.Duration, c transport.Carrier) (accepted, relieved bool) {
	sh := s.shards[x.shard]
	if behind >= load.Start || sh.Load.Behind() >= load.Start {
		return sh.Queue(x.msg.CallHash, x), false
	}
	return sh.Submit(x.msg.CallHash, x, c)
}

// absorbedAtAGlance tells whether a message is the ACK of a stateless reply, by the part of its To tag that all of these share. A server
// that is behind gets as many of them as it refuses calls, and parsing one costs more than receiving it.
func (s *Server) absorbedAtAGlance(data string) bool {
	if s.onFilteredACK != nil || !strings.HasPrefix(data, "ACK ") {
		return false
	}
	at := strings.Index(data, s.secret.tagBase)
	if at < 0 || !strings.HasSuffix(data[:at], ";tag=") {
		return false
	}
	name, _, _ := strings.Cut(data[strings.LastIndexByte(data[:at], '\n')+1:at], ":")
	if sip.HeaderTypeOf(strings.TrimRight(name, " \t")) != sip.HdrTo {
		return false
	}
	s.Stats.countRequest(sip.MethodAck)
	s.Stats.AbsorbedACKs.Add(1)
	return true
}

// Crowded implements transport.Crowded: it tells whether the shards have fallen behind. One of many that a script holds up is no
// reason to read in another way for all of them.
func (s *Server) Crowded() bool {
	behind := 0
	for _, sh := range s.shards {
		if sh.Load.Behind() >= load.Start {
			behind++
		}
	}
	return behind > 0 && 2*behind >= len(s.shards)
}

// refuse answers a request with 503 and Retry-After, where that is possible by the reader's own means.
func (s *Server) refuse(x *slot, by transport.Answers) {
	s.Stats.Refused.Add(1)
	m := &x.msg
	m.Answer.Headers = append(m.Answer.Headers, retryLater)
	_ = s.replyStateless(m, 503, "Server Overloaded", by)
}

// overload refuses a request that no shard can take; other messages are dropped. Both are counted.
func (s *Server) overload(x *slot, by transport.Answers) {
	s.Stats.Overload.Add(1)
	if x.msg.IsRequest && !x.msg.Method.Has(sip.MethodAck) {
		s.refuse(x, by)
	}
	s.slots.Put(x)
}
