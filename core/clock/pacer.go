package clock

import "time"

// Pacer is a clock that says itself when waiting is over, because its time is moved by hand.
type Pacer interface {
	Clock
	// After calls f when d has passed, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
	// Sleep returns when d has passed or done is closed.
	Sleep(d time.Duration, done <-chan struct{})
}

// Sleep waits by the clock until d has passed or done is closed (nil: never).
func Sleep(c Clock, d time.Duration, done <-chan struct{}) {
	if p, ok := c.(Pacer); ok {
		p.Sleep(d, done)
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-done:
	}
}
