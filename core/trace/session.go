package trace

import (
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// Bounds of a session.
const (
	maxCalls = 256     // calls that it follows, the first ones
	maxBytes = 4 << 20 // of events that wait to be read; past it the oldest go
)

// Patience is how long a session lives that nobody reads.
const Patience = 30 * time.Second

// session is one watcher.
type session struct {
	id     uint64
	filter Filter

	mu     sync.Mutex
	calls  map[string]bool
	events []Event
	bytes  int
	last   uint64 // number of the last event
	lost   uint64 // events that went before they were read
	read   time.Time
}

// follows tells whether a call is one of the session's.
func (s *session) follows(callID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[callID]
}

// meet notes a message if its call is followed, or will be from now on.
func (s *session) meet(e Event, m *sip.Message, way flow.Flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.calls[e.CallID] {
		if len(s.calls) >= maxCalls || !s.filter.fits(m, way) {
			return
		}
		e.own()
		s.calls[e.CallID] = true
	}
	s.keep(e)
}

// note keeps an event of a call that is followed.
func (s *session) note(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls[e.CallID] {
		s.keep(e)
	}
}

func (s *session) keep(e Event) {
	e.own()
	s.last++
	e.Number = s.last
	s.events, s.bytes = append(s.events, e), s.bytes+e.size()
	for s.bytes > maxBytes {
		s.drop(1)
		s.lost++
	}
}

// drop takes the first events away.
func (s *session) drop(n int) {
	for i := range n {
		s.bytes -= s.events[i].size()
	}
	clear(s.events[:n]) // their texts are not kept
	s.events = s.events[n:]
}

// take gives what has been kept after an event and forgets what comes before it.
func (s *session) take(after uint64, now time.Time) (events []Event, lost uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = now
	known := 0
	for known < len(s.events) && s.events[known].Number <= after {
		known++
	}
	s.drop(known)
	return append(events, s.events...), s.lost
}

func (s *session) forgotten(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.read) > Patience
}
