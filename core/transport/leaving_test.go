package transport

import (
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

// TestLeavingConnection: nothing finds a connection whose peer has left, and it takes nobody's place.
func TestLeavingConnection(t *testing.T) {
	s := New(Options{Limits: Limits{MaxConns: 1}})
	remote := netip.MustParseAddrPort("192.0.2.1:5060")
	local := flow.NewSocket(flow.TCP, netip.MustParseAddrPort("192.0.2.2:5060"), 0)
	first, second := s.newConn(flow.TCP, local, remote), s.newConn(flow.TCP, local, remote)
	if err := s.conns.add(first); err != nil {
		t.Fatal(err)
	}
	s.leaving.busy = true // its goroutine has not come to it yet
	first.ended(errIdle)
	way := flow.Flow{Proto: flow.TCP, Remote: remote, Conn: first.id}
	if s.conns.find(way, "", source{}) != nil || s.conns.get(first.id) != nil {
		t.Error("it is found")
	}
	if err := s.conns.add(second); err != ErrTooManyConns {
		t.Error(err)
	}
	if !s.leaving.forget() {
		t.Error("nothing to forget")
	}
	if err := s.conns.add(second); err != nil || s.conns.find(way, "", source{}) != second {
		t.Error("the next connection is not taken:", err)
	}
}
