// Package load tells whether a line of work has fallen behind.
//
// A line is a reader of a socket, or a shard. One that always finds further work waiting when it
// comes back for more is at its limit. That state lasts for a moment again and again under a load that can be carried,
// so its time is summed up against the time in which the line found nothing waiting.
package load

import (
	"sync/atomic"
	"time"
)

const (
	// relief is how much faster the debt of a line shrinks while it finds nothing waiting than it grows else: one
	// that is busy for less than 98% of its time owes nothing in the end.
	relief = 50
	// longest is the most that one piece of work counts for, so that a pause (a script that
	// waits, a starved process) is not taken for a load.
	longest = 50 * time.Millisecond
	// most bounds the debt, so that a line is taken as recovered soon after the load has gone.
	most = time.Second
	// Start is the debt from which a line counts as one that has fallen behind.
	Start = 300 * time.Millisecond
)

// Gauge is the debt of one line: for how long it has been behind. The zero value is a line without debt. Waiting and
// Idle belong to whoever works the line; Behind may be asked from any goroutine.
type Gauge struct {
	debt atomic.Int64 // nanoseconds
	last time.Time    // when it was noted last; zero: nothing counts until then
}

// Waiting notes that a piece of work had to wait for the line.
func (g *Gauge) Waiting(now time.Time) {
	if !g.last.IsZero() {
		g.debt.Store(min(g.debt.Load()+int64(g.since(now)), int64(most)))
	}
	g.last = now
}

// Idle notes that the line had nothing to do when a piece of work came. A line that owes nothing does not need the time.
func (g *Gauge) Idle(now func() time.Time) {
	if g.last.IsZero() {
		return
	}
	owes := g.debt.Load()
	if owes == 0 {
		g.last = time.Time{}
		return
	}
	at := now()
	g.debt.Store(max(owes-relief*int64(g.since(at)), 0))
	g.last = at
}

func (g *Gauge) since(now time.Time) time.Duration { return max(0, min(now.Sub(g.last), longest)) }

// Behind is the debt.
func (g *Gauge) Behind() time.Duration { return time.Duration(g.debt.Load()) }
