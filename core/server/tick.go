package server

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// pace is the shortest time between two moves of the wheels: timers that are due close to
// one another fire together.
const pace = 2 * clock.Tick

// ticker moves the shards' wheels when they have work. While they have none it sleeps, so
// that an idle server costs nothing and a message pays for itself alone.
type ticker struct {
	clock   clock.Clock
	began   time.Time
	until   *atomic.Int64   // it sleeps until then, in nanoseconds since it began
	nearer  chan struct{}   // a timer was armed that comes before that
	running *sync.WaitGroup // of those that move wheels, or did and are still at it
}

func newTicker(c clock.Clock) ticker {
	return ticker{clock: c, began: c.Now(), until: new(atomic.Int64), nearer: make(chan struct{}, 1), running: new(sync.WaitGroup)}
}

// armed is told by the shards of their nearest timers.
func (t ticker) armed(at time.Time) {
	if int64(at.Sub(t.began)) >= t.until.Load() {
		return
	}
	select {
	case t.nearer <- struct{}{}:
	default: // it has been woken already
	}
}

func (t ticker) start(s *Server) { t.running.Go(func() { t.run(s) }) }

// ended waits until no timer is at work any more, or for ctx.
func (t ticker) ended(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		t.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// moves is the duty to move a server's wheels. A timer that waits (for a database, say) keeps its goroutine, and another
// one moves the wheels on.
type moves struct{ *Server }

// Relieve implements shard.Carrier.
func (x moves) Relieve() { x.ticker.start(x.Server) }

// run moves the wheels until the server stops or another goroutine has taken over.
func (t ticker) run(s *Server) {
	alarm := time.NewTimer(pace)
	defer alarm.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.nearer:
		case <-alarm.C:
			if s.tickDue() {
				return
			}
		}
		alarm.Reset(t.sleep(s))
	}
}

// longestSleep is for wheels that are empty.
const longestSleep = time.Hour

// sleep is how long the wheels have no work. Until it is known each timer armed wakes the ticker.
func (t ticker) sleep(s *Server) time.Duration {
	t.until.Store(math.MaxInt64)
	now, wait := t.clock.Now(), longestSleep
	for _, sh := range s.shards {
		wait = min(wait, sh.Due(now))
	}
	wait = max(wait, pace)
	t.until.Store(int64(now.Sub(t.began) + wait))
	return wait
}

// tickDue moves the wheels that have work. It tells whether another goroutine has taken over, which moves the rest.
func (s *Server) tickDue() (relieved bool) {
	now := s.clock.Now()
	for _, sh := range s.shards {
		if sh.Due(now) <= 0 && sh.TickBy(moves{s}) {
			return true
		}
	}
	return false
}

// Tick moves the timers of all shards to the clock's time. Tests with a hand-moved clock call it themselves.
func (s *Server) Tick() {
	for _, sh := range s.shards {
		sh.Tick()
	}
}
