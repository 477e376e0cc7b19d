package server

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/tm"
)

// ticking is a server whose wheels move by themselves, without a network.
func ticking(shards int) *Server {
	s := New(Options{Script: routes{}, Log: log.Discard(), Sender: &wire{}, Sockets: []*flow.Socket{}, Shards: shards, TM: tm.NewParams(tm.DefaultValues())})
	s.ticker.start(s)
	return s
}

// moments are the times at which things happened, on whatever goroutine.
type moments struct {
	begun time.Time
	mu    sync.Mutex
	at    map[string]time.Duration
}

// note is a function that notes the present time.
func (m *moments) note(name string) func() {
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.at[name] = time.Since(m.begun)
	}
}

func (m *moments) of(name string) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at[name]
}

// TestTimersGoOnWhileOneWaits: a timer that lets go of its shard holds up no other timer, and the server can stop meanwhile.
func TestTimersGoOnWhileOneWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ticking(2)
		fired := &moments{begun: time.Now(), at: map[string]time.Duration{}}
		arm := func(shard int, d time.Duration, fire func()) {
			sh := s.shards[shard]
			sh.Do(func() { sh.Arm(&clock.Timer{Fire: fire}, d) })
		}
		arm(0, 100*time.Millisecond, func() {
			s.shards[0].Wait(func() { time.Sleep(5 * time.Second) })
			fired.note("that waits")()
		})
		arm(0, 200*time.Millisecond, fired.note("of the same shard"))
		arm(1, 300*time.Millisecond, fired.note("of another shard"))
		time.Sleep(time.Second)
		synctest.Wait()
		for name, due := range map[string]time.Duration{"of the same shard": 200 * time.Millisecond, "of another shard": 300 * time.Millisecond} {
			if at := fired.of(name); at < due || at > due+2*pace {
				t.Errorf("the timer %s fired after %v", name, at)
			}
		}
		s.Stop(time.Second)
		if took := time.Since(fired.begun); took > 3*time.Second {
			t.Errorf("stopped after %v", took)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if at := fired.of("that waits"); at < 5*time.Second {
			t.Errorf("the timer that waits ended after %v", at)
		}
	})
}
