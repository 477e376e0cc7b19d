//go:build linux && (amd64 || arm64)

package transport

import (
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// gathers is a set with one socket, and a peer.
func gathers(t *testing.T) (s *Set, to flow.Flow, peer *net.UDPConn) {
	t.Helper()
	peer, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	s = New(Options{UDPReaders: 1})
	local := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("127.0.0.1:0"), 0)
	if err := s.Listen(local); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	return s, flow.Flow{Proto: flow.UDP, Local: local, Remote: peer.LocalAddr().(*net.UDPAddr).AddrPort()}, peer
}

// comes reads datagrams that hold numbers: these, and nothing else.
func comes(t *testing.T, peer *net.UDPConn, first, end int) {
	t.Helper()
	b := make([]byte, 64)
	for i := first; i < end; i++ {
		_ = peer.SetReadDeadline(time.Now().Add(10 * time.Second))
		if n, err := peer.Read(b); err != nil || string(b[:n]) != strconv.Itoa(i) {
			t.Fatalf("got %q %v, want %d", b[:n], err, i)
		}
	}
	_ = peer.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if n, err := peer.Read(b); err == nil {
		t.Fatalf("%q comes too early", b[:n])
	}
}

// TestGather: datagrams that may wait leave in order with what follows, by Flush, or when there are many.
func TestGather(t *testing.T) {
	s, to, peer := gathers(t)
	at := 0
	send := func(n int, more bool) {
		t.Helper()
		for range n {
			if err := s.SendWith(to, []byte(strconv.Itoa(at)), SendOptions{More: more}); err != nil {
				t.Fatal(err)
			}
			at++
		}
	}
	send(10, true)
	comes(t, peer, 0, 0)
	s.Flush()
	comes(t, peer, 0, 10)
	send(3, true)
	send(1, false)
	comes(t, peer, 10, 14)
	send(mostGathered+1, true)
	comes(t, peer, 14, 14+mostGathered)
	s.Flush()
	s.Flush()
	comes(t, peer, 14+mostGathered, at)
	if n := s.Stats.UDPSent.Load(); n != uint64(at) {
		t.Errorf("%d sent, want %d", n, at)
	}
}

// TestGatherFails: whoever sent what the system does not take hears of it; the others leave.
func TestGatherFails(t *testing.T) {
	s, to, peer := gathers(t)
	bad := to
	bad.Remote = netip.MustParseAddrPort("[2001:db8::1]:5060")
	failed := make(chan error, 1)
	for i, f := range []flow.Flow{to, bad, to} {
		o := SendOptions{More: true}
		if f == bad {
			o.Failed = func(err error) { failed <- err }
		} else {
			o.Failed = func(err error) { t.Errorf("%d: %v", i, err) }
		}
		if err := s.SendWith(f, []byte(strconv.Itoa(i/2)), o); err != nil {
			t.Fatal(err)
		}
	}
	s.Flush()
	if err := <-failed; err == nil {
		t.Error("no reason")
	}
	comes(t, peer, 0, 2)
	if sent, errors := s.Stats.UDPSent.Load(), s.Stats.UDPSendErrors.Load(); sent != 2 || errors != 1 {
		t.Errorf("%d sent, %d errors", sent, errors)
	}
}

// TestGatherClosed: what a closed socket has to send is lost, and told of.
func TestGatherClosed(t *testing.T) {
	s, to, _ := gathers(t)
	failed := make(chan error, 1)
	if err := s.SendWith(to, []byte("0"), SendOptions{More: true, Failed: func(err error) { failed <- err }}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Flush()
	if err := <-failed; err == nil {
		t.Error("no reason")
	}
}
