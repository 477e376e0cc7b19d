package websocket

import (
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

// TestEndWhileAnswered: a connection that ends before the answer to its handshake has gone out counts as none.
func TestEndWhileAnswered(t *testing.T) {
	for _, ok := range []bool{true, false} {
		s := &state{pinged: map[flow.ConnID]bool{}}
		e := events{s, false, &outcome{known: make(chan struct{})}}
		ended := make(chan struct{})
		go func() { e.Closed(flow.Flow{Conn: 1}, false); close(ended) }()
		if ok {
			s.stats.opened(false)
		}
		e.made.set(ok)
		<-ended
		if now, far := s.stats.all.current.Load(), s.stats.all.closedFar.Load(); now != 0 || (far == 1) != ok {
			t.Errorf("handshake %t: %d connections now, %d ended", ok, now, far)
		}
	}
}
