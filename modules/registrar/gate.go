package registrar

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/kemi"
)

// gate keeps a database that does not answer from holding up the server: a client is told so
// after a while, and at once when others wait already. Package db refuses too when many wait in
// vain, but only after a silence that no slow commit makes; a shard without states to spare cannot
// wait for that.
type gate struct {
	inFlight atomic.Int64
	stuck    atomic.Bool // an answer was waited for in vain, and none has come since
}

const (
	maxInFlight = 1024                  // questions at a time
	probes      = 16                    // of them while the database is stuck, to hear when it goes on
	patience    = time.Second           // for an answer
	haste       = 50 * time.Millisecond // for an answer that may not come, or that the shard has to wait for
)

// errStuck says that the database did not answer in time. A change may be made nevertheless:
// the client was not told that it is.
var errStuck = errors.New("registrar: the database does not answer")

// bounded asks the database outside of the shard and gives the answer, or errStuck. op may go
// on after that, so it must keep its results to itself.
func bounded[T any](c *kemi.Ctx, g *gate, op func() T) (answer T, err error) {
	if n := g.inFlight.Add(1); n > maxInFlight || n > probes && g.stuck.Load() {
		g.inFlight.Add(-1)
		return answer, errStuck
	}
	done := make(chan T, 1)
	go func() {
		done <- op()
		g.inFlight.Add(-1)
		g.stuck.Store(false)
	}()
	limit := patience
	if c.Shard.Crowded() || g.stuck.Load() {
		limit = haste
	}
	c.Wait(func() {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		select {
		case answer = <-done:
		case <-timer.C:
			g.stuck.Store(true)
			err = errStuck
		}
	})
	return answer, err
}
