package siptrace

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
)

// What trace_mode asks for, as bits.
const (
	modeCollector = 1
	modeDatabase  = 2
)

// scope is how much is copied of a message's call.
type scope int

const (
	single scope = iota
	transaction
	dialog
)

// How long a call is followed without a message, and how many at most.
const (
	transactionTime = 5 * time.Minute
	dialogTime      = 12 * time.Hour
	maxFollowed     = 1 << 16
)

// following is a call whose messages are copied.
type following struct {
	cseq  uint32 // of the transaction
	scope scope
	until time.Time
	target
}

// followed are the calls that the script or the flag has chosen.
type followed struct {
	some  atomic.Bool // there may be one
	mu    sync.Mutex
	byID  map[string]*following
	swept time.Time // when those whose time is over were last looked for
}

// sweepEvery is how often a full table is looked through: that takes its time, which not each new call must pay for.
const sweepEvery = time.Second

// add follows a call. When there are too many, those whose time is over go; the rest is not followed.
func (f *followed) add(callID string, x *following, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, again := f.byID[callID]
	if !again && len(f.byID) >= maxFollowed && now.Sub(f.swept) >= sweepEvery {
		f.swept = now
		for id, old := range f.byID {
			if now.After(old.until) {
				delete(f.byID, id)
			}
		}
	}
	if !again && len(f.byID) >= maxFollowed {
		return false
	}
	f.byID[strings.Clone(callID)] = x
	f.some.Store(true)
	return true
}

// find is how a message's call is followed; false if it is not.
func (f *followed) find(callID string, cseq uint32, now time.Time) (following, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.byID[callID]
	if x == nil {
		return following{}, false
	}
	if now.After(x.until) {
		delete(f.byID, callID)
		f.some.Store(len(f.byID) > 0)
		return following{}, false
	}
	return *x, x.scope == dialog || x.cseq == cseq
}

// afterBye is how long a dialog is followed beyond its end, for what is repeated.
const afterBye = 32 * time.Second

// end has a call followed for a moment only.
func (f *followed) end(callID string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x := f.byID[callID]; x != nil && x.until.After(now.Add(afterBye)) {
		x.until = now.Add(afterBye)
	}
}

func (f *followed) follows(callID string, cseq uint32) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.byID[callID]
	return x != nil && (x.scope == dialog || x.cseq == cseq)
}

// follow has what comes after a message copied too.
func (s *state) follow(m *route.Message, much scope, t target) {
	now := s.server.Clock.Now()
	limit := transactionTime
	if much == dialog {
		limit = dialogTime
	}
	t.correlation = strings.Clone(t.correlation)
	if !s.calls.add(m.CallID(), &following{cseq: cseq(m.Message), scope: much, until: now.Add(limit), target: t}, now) {
		s.dropped.Add(1)
	}
}

// cseq is the number of a message's CSeq; 0 if it cannot be read.
func cseq(m *sip.Message) uint32 {
	c, err := m.CSeq()
	if err != nil {
		return 0
	}
	return c.Number
}

// Received implements server.Tap.
func (s *state) Received(p transport.Packet) { s.look(p.Data, p.Flow, false) }

// Sent implements server.Tap.
func (s *state) Sent(f flow.Flow, data []byte) {
	if s.looks() {
		s.look(string(data), f, true)
	}
}

// looks tells whether any message may have to be copied.
func (s *state) looks() bool { return s.on.Load() && (s.mode != 0 || s.calls.some.Load()) }

// look copies a message if all are, or those of its call.
func (s *state) look(text string, way flow.Flow, out bool) {
	if !s.looks() {
		return
	}
	r, m, ok := s.newRecord(text, way, out, target{})
	if !ok {
		return
	}
	collect, store := s.mode&modeCollector != 0, s.mode&modeDatabase != 0
	if x, ok := s.calls.find(r.callID, cseq(m), r.time); ok && (x.scope != dialog || s.dialogACK != 0 || r.method != "ACK") {
		r.target, collect, store = x.target, true, s.toDatabase != 0
	}
	if collect || store {
		s.offer(r, collect, store)
	}
	if r.method == "BYE" && m.Status >= 200 {
		s.calls.end(r.callID, r.time)
	}
}
