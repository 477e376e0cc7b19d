package transport

import (
	"crypto/tls"
	"runtime"
	"time"
)

// defaultHandshakes leaves half of the cores to the calls when many peers come back at once: a handshake computes for about
// a millisecond, and those that compute take turns with everything else.
func defaultHandshakes() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// turn is the right of a handshake to compute, of which there are Limits.Handshakes. It is held while there is something to
// compute, and not while the peer has to answer: one who is silent takes it from nobody.
type turn struct {
	set   *Set
	until time.Time // the handshake must have ended by then
	held  bool
}

// take waits for the turn.
func (t *turn) take() error {
	s := t.set
	select {
	case s.handshakes <- struct{}{}:
		t.held = true
		return nil
	default:
	}
	s.Stats.HandshakeWaits.Add(1)
	late := time.NewTimer(time.Until(t.until))
	defer late.Stop()
	select {
	case s.handshakes <- struct{}{}:
		t.held = true
		return nil
	case <-late.C:
	case <-s.stopping.Done():
	}
	s.Stats.HandshakesBusy.Add(1)
	return errHandshakesBusy
}

func (t *turn) give() {
	if t.held {
		t.held = false
		<-t.set.handshakes
	}
}

// shake is the handshake. Those that this server began need no turn: its own requests wait for them.
func (c *conn) shake(tc *tls.Conn, under *tlsSocket) error {
	if !c.accepted {
		return tc.Handshake()
	}
	t := &turn{set: c.set, until: time.Now().Add(c.set.tuning.Load().Handshake)}
	under.turn = t
	defer func() {
		under.turn = nil
		t.give()
		c.set.glance()
	}()
	return tc.Handshake()
}
