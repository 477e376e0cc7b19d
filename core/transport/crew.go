package transport

import (
	"runtime"
	"sync"
	"time"
)

const (
	// crewIsLate is how long there may always be something to read before the crew gets help.
	crewIsLate = time.Millisecond
	// readsATurn are those of one connection before others have their turn.
	readsATurn = 16
)

// crew reads the connections that are sockets of the system. One goroutine, its leader, waits for all of them: where each had its own, and
// two had something at the same moment, the Go runtime woke another thread for the second one, which cost a call over TCP a third of its time.
// When the leader is late, others help it. One of them at a time reads a connection, so that its messages stay in order.
type crew struct {
	set    *Set
	poller *poller
	begin  func(at uintptr) bool // k.beginRound, made once
	most   int                   // helpers at a time

	mu      sync.Mutex
	round   []*conn // those that have something to read
	taken   int     // of the round
	later   []*conn // those that go on in the next round
	helpers int
	since   time.Time // when there began to be always something to read; zero: there is not
	late    bool
	stopped bool
}

// crewFor is the crew that may read a connection; nil if none can.
func (s *Set) crewFor(c *conn) *crew {
	if c.raw == nil {
		return nil
	}
	s.crewing.Do(func() {
		k, err := newCrew(s)
		if err != nil {
			s.opt.Log.Warn().Err(err).Msg("transport: each connection is read by a goroutine of its own")
			return
		}
		s.crew.Store(k)
		s.running.Add(1)
		go k.work(nil, true)
	})
	return s.crew.Load()
}

func newCrew(s *Set) (*crew, error) {
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	k := &crew{set: s, poller: p, most: runtime.GOMAXPROCS(0) - 1}
	k.begin = k.beginRound
	return k, nil
}

// stop ends the crew; connections are closed by others.
func (k *crew) stop() {
	if k == nil {
		return
	}
	k.mu.Lock()
	k.stopped = true
	k.mu.Unlock()
	k.poller.close()
}

// work reads one connection after the other, c first if there is one.
func (k *crew) work(c *conn, leads bool) {
	defer k.set.running.Done()
	if c == nil {
		c = k.next(leads)
	}
	for ; c != nil; c = k.next(leads) {
		c.place.leads = leads
		if c.read() { // another goroutine has this one's duty
			return
		}
	}
}

// next is a connection that has something to read. The leader waits for it, until the crew ends; a helper ends if there is none.
func (k *crew) next(leads bool) *conn {
	for {
		c, late := k.take()
		if late { // whoever always has something to do never asks for timers and other sockets
			runtime.Gosched()
		}
		switch {
		case c != nil:
			return c
		case leads && k.poller.wait(k.begin) != nil, !leads && k.dismissed():
			return nil
		}
	}
}

// take is the next connection of this round; late says that others should have the processor first.
func (k *crew) take() (c *conn, late bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.taken == len(k.round) {
		return nil, false
	}
	c, late = k.round[k.taken], k.late
	k.round[k.taken], k.late = nil, false
	k.taken++
	c.beginTurn()
	return c, late
}

// dismissed tells whether there is nothing left to help with.
func (k *crew) dismissed() bool {
	if k.poller.look(k.begin) != nil {
		return true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.taken < len(k.round) {
		return false
	}
	k.helpers--
	return true
}

// beginRound collects who has something to read. It is false if nobody has.
func (k *crew) beginRound(at uintptr) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.taken == len(k.round) {
		k.round, k.taken = k.round[:0], 0
	}
	k.listen(at)
	k.round = append(k.round, k.later...)
	clear(k.later)
	k.later = k.later[:0]
	if k.taken == len(k.round) {
		k.since = time.Time{}
		return false
	}
	k.hurry(time.Now())
	return true
}

// listen takes what the poller tells into the round.
func (k *crew) listen(at uintptr) {
	for i := range k.poller.take(at) {
		id, hungUp := k.poller.event(i)
		if c := k.set.conns.get(id); c != nil && c.place.stir(hungUp) {
			k.round = append(k.round, c)
		}
	}
}

// hurry gets a helper if the crew is late and there is more than one to read.
func (k *crew) hurry(now time.Time) {
	if k.since.IsZero() {
		k.since = now
	}
	if now.Sub(k.since) < crewIsLate {
		return
	}
	k.late = true
	k.set.look(now)
	if len(k.round)-k.taken > 1 && k.helpers < k.most {
		k.hire(nil)
	}
}

// hire adds a helper, who reads c first if there is one; under the lock.
func (k *crew) hire(c *conn) {
	if k.stopped {
		return
	}
	k.helpers++
	k.set.running.Add(1)
	go k.work(c, false)
}
