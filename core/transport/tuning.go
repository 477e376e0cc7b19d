package transport

import "time"

// Tuning is what may change while connections are open; Limits.Handshakes stays as it was at first.
type Tuning struct {
	Limits
	NoConnect  bool // see Options
	NoPong     bool
	AcceptNoCL bool // of connections that begin after the change, as MaxHeader and MaxBody
}

// Tuning gives what is in force, defaults filled in.
func (s *Set) Tuning() Tuning { return *s.tuning.Load() }

// Tune changes it, from any goroutine. A limit that change leaves at zero or below takes its default. No connection is closed
// for a new limit of their number.
func (s *Set) Tune(change func(*Tuning)) {
	s.tuners.Lock()
	defer s.tuners.Unlock()
	before := s.Tuning()
	after := before
	change(&after)
	after.Limits.setDefaults()
	s.tuning.Store(&after)
	if after.Lifetime < before.Lifetime {
		s.wakeReaders()
	}
}

// wakeReaders has those that wait for bytes look anew how long they may.
func (s *Set) wakeReaders() {
	for _, c := range s.conns.all() {
		_ = c.out.expectBy(time.Now()) // one that is closed ends by itself
	}
}
