// Package clock gives time to the rooms of core: a source that can be moved by hand,
// and a timing wheel that is moved by its owner.
package clock

import (
	"sync"
	"time"
)

// Clock is where core reads the time. Both implementations may be used from any goroutine.
type Clock interface {
	// Now is the wall-clock time with a monotonic part, as time.Now has it.
	Now() time.Time
	// Since is the time that has gone by since what Now gave before. It costs half of what Now does.
	Since(then time.Time) time.Duration
}

// System is the machine's clock. Inside a testing/synctest bubble it is the bubble's.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now() }

// Since implements Clock.
func (System) Since(then time.Time) time.Duration { return time.Since(then) }

// Manual is a clock that stands still until Advance moves it.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual starts a hand-moved clock at the given instant.
func NewManual(start time.Time) *Manual { return &Manual{now: start} }

// Now implements Clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Since implements Clock.
func (m *Manual) Since(then time.Time) time.Duration { return m.Now().Sub(then) }

// Advance moves the clock forward.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}
