package trace

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// MaxSessions is how many may watch at once.
const MaxSessions = 16

// Errors of watchers.
var (
	ErrTooMany   = errors.New("trace: too many watch already")
	ErrNoSession = errors.New("trace: there is no such session; one that is not read for 30 seconds ends")
)

// Hub has the sessions of one server. Any goroutine may use it.
type Hub struct {
	clock clock.Clock
	// Watch is told when the first session begins and when the last one has ended, one call at a time.
	watch func(on bool)

	on atomic.Bool

	mu       sync.RWMutex
	sessions []*session
	lastID   uint64
}

// NewHub makes a hub without sessions. Watch may be nil.
func NewHub(c clock.Clock, watch func(on bool)) *Hub { return &Hub{clock: c, watch: watch} }

// On tells whether anybody watches.
func (h *Hub) On() bool { return h.on.Load() }

// Start begins to follow what a filter chooses; the session is read by its number.
func (h *Hub) Start(f Filter) (id uint64, err error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clean()
	if len(h.sessions) >= MaxSessions {
		return 0, ErrTooMany
	}
	h.lastID++
	h.sessions = append(h.sessions, &session{id: h.lastID, filter: f, calls: map[string]bool{}, read: h.clock.Now()})
	h.switched()
	return h.lastID, nil
}

// Stop ends a session.
func (h *Hub) Stop(id uint64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := len(h.sessions)
	h.sessions = slices.DeleteFunc(h.sessions, func(s *session) bool { return s.id == id })
	h.switched()
	if len(h.sessions) == before {
		return ErrNoSession
	}
	return nil
}

// Read gives the events of a session after the one with a number, and how many have been lost because
// they were not read in time.
func (h *Hub) Read(id, after uint64) (events []Event, lost uint64, err error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.sessions {
		if s.id == id {
			events, lost = s.take(after, h.clock.Now())
			return events, lost, nil
		}
	}
	return nil, 0, ErrNoSession
}

// Clean ends the sessions that nobody reads. It is to be called now and then.
func (h *Hub) Clean() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clean()
	h.switched()
}

func (h *Hub) clean() {
	now := h.clock.Now()
	h.sessions = slices.DeleteFunc(h.sessions, func(s *session) bool { return s.forgotten(now) })
}

// switched tells of the first and the last session.
func (h *Hub) switched() {
	on := len(h.sessions) > 0
	if h.on.Swap(on) != on && h.watch != nil {
		h.watch(on)
	}
}

// Received implements server.Tap.
func (h *Hub) Received(p transport.Packet) { h.message(In, p.Flow, p.Data) }

// Sent implements server.Tap.
func (h *Hub) Sent(f flow.Flow, data []byte) { h.message(Out, f, string(data)) }

func (h *Hub) message(k Kind, f flow.Flow, text string) {
	e, m, ok := message(k, f, text, h.clock.Now())
	if !ok {
		return
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.sessions {
		s.meet(e, m, f)
	}
}

// Follows tells whether a call is followed by anybody.
func (h *Hub) Follows(callID string) bool {
	if !h.On() {
		return false
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.ContainsFunc(h.sessions, func(s *session) bool { return s.follows(callID) })
}

// Note keeps an event of a route or a function for those who follow its call.
func (h *Hub) Note(e Event) {
	e.Time = h.clock.Now()
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.sessions {
		s.note(e)
	}
}
