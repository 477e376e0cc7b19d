package transport

import (
	"sync/atomic"
	"time"
)

const (
	// betweenGlances bounds what glances cost.
	betweenGlances = time.Millisecond
	// crowdLasts is how long readers go on looking after a connection has come or gone.
	crowdLasts = 20 * time.Millisecond
)

// looker is a socket whose waiting reader can be made to try once more.
type looker interface{ look() }

// glances are the times, in Unix nanoseconds, of the last one and of when they end.
type glances struct{ last, until atomic.Int64 }

// glance has the readers of datagrams look at their sockets now and then, as long as connections come or go. While there is other
// work, the Go runtime asks its poller every 10 ms, and then lets those run first that were ready first: a datagram would stand behind
// a whole crowd of connections. Whoever works at a crowd calls this as it goes along. A timer does the same, since a goroutine may
// compute for long; but that belongs to one processor, which the system may have given to others.
func (s *Set) glance() {
	now := time.Now()
	s.look(now)
	if s.glances.until.Swap(now.Add(crowdLasts).UnixNano()) > now.UnixNano() || s.stopping.Err() != nil {
		return // the timer runs
	}
	s.running.Add(1)
	go s.glanceOn()
}

func (s *Set) glanceOn() {
	defer s.running.Done()
	for now := time.Now(); now.UnixNano() < s.glances.until.Load() && s.stopping.Err() == nil; now = time.Now() {
		s.look(now)
		s.sleep(betweenGlances)
	}
}

// look makes all readers look, unless they just did.
func (s *Set) look(now time.Time) {
	t, last := now.UnixNano(), s.glances.last.Load()
	if t-last < int64(betweenGlances) || !s.glances.last.CompareAndSwap(last, t) {
		return
	}
	for _, e := range s.udp {
		for _, pc := range e.conns {
			if l, ok := pc.(looker); ok {
				l.look()
			}
		}
	}
}
