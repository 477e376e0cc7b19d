package transport_test

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

func dialUDP(t testing.TB, to *flow.Socket) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(to.Addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestUDPBothWays(t *testing.T) {
	in := make(inbox, 10)
	s, sockets := server(t, Options{Receiver: in}, flow.UDP)
	c := dialUDP(t, sockets[0])
	write(t, c, message)
	p := <-in
	if p.Data != message || p.Flow.Local != sockets[0] || p.Flow.Remote != c.LocalAddr().(*net.UDPAddr).AddrPort() || p.Flow.Proto != flow.UDP {
		t.Fatalf("%+v", p)
	}
	mapped := p.Flow
	mapped.Remote = netip.AddrPortFrom(netip.AddrFrom16(mapped.Remote.Addr().As16()), mapped.Remote.Port())
	for _, f := range []flow.Flow{p.Flow, {Proto: flow.UDP, Remote: p.Flow.Remote}, mapped} {
		if err := s.Send(f, []byte("reply")); err != nil {
			t.Fatal(err)
		}
		expect(t, c, "reply")
	}
	if s.Stats.UDPReceived.Load() != 1 || s.Stats.UDPSent.Load() != 3 {
		t.Fatalf("received %d, sent %d", s.Stats.UDPReceived.Load(), s.Stats.UDPSent.Load())
	}
}

func TestUDPKeepAlivesStopHere(t *testing.T) {
	in := make(inbox, 10)
	s, sockets := server(t, Options{Receiver: in, UDPReaders: 1}, flow.UDP)
	c := dialUDP(t, sockets[0])
	stun := "\x00\x01\x00\x00\x21\x12\xa4\x42" + strings.Repeat("t", 12)
	for _, junk := range []string{"", "\r\n\r\n", "\x00\x00\x00\x00", "jaK", strings.Repeat(" \r\n", 30), stun} {
		write(t, c, junk)
	}
	write(t, c, message)
	<-in
	if len(in) != 0 || s.Stats.KeepAlives.Load() != 5 || s.Stats.STUN.Load() != 1 {
		t.Fatalf("delivered %d, keep-alives %d, STUN %d", len(in), s.Stats.KeepAlives.Load(), s.Stats.STUN.Load())
	}
}

// A receiver that waits has itself relieved; the socket is read on meanwhile, also when the
// next one waits too.
func TestUDPReaderIsRelieved(t *testing.T) {
	release, entered := make(chan bool), make(chan bool, 10)
	wait := receive(func(_ Packet, c Carrier) bool {
		c.Relieve()
		entered <- true
		<-release
		return true
	})
	_, sockets := server(t, Options{Receiver: wait, UDPReaders: 1}, flow.UDP)
	c := dialUDP(t, sockets[0])
	for range 3 {
		write(t, c, message)
		<-entered
	}
	close(release)
}

func TestUDPPacketsOfOnePeerStayInOrder(t *testing.T) {
	in := make(inbox, 100)
	_, sockets := server(t, Options{Receiver: in, UDPReaders: 4}, flow.UDP)
	c := dialUDP(t, sockets[0])
	for i := range 50 {
		write(t, c, message+string(rune('0'+i)))
	}
	for i := range 50 {
		if p := <-in; !strings.HasSuffix(p.Data, string(rune('0'+i))) {
			t.Fatalf("packet %d: %q", i, p.Data)
		}
	}
}

func TestSecondServerFailsToListen(t *testing.T) {
	for _, p := range []flow.Proto{flow.UDP, flow.TCP} {
		_, sockets := server(t, Options{Receiver: make(inbox), UDPReaders: 2}, p)
		second := New(Options{Receiver: make(inbox), UDPReaders: 2})
		err := second.Listen(socket(p, sockets[0].Addr.Port()))
		if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), sockets[0].String()) {
			t.Errorf("%s: %v", p, err)
		}
		closeSet(t, second)
	}
}

// A program that does not share ports must find ours taken.
func TestForeignProgramFindsThePortTaken(t *testing.T) {
	_, sockets := server(t, Options{Receiver: make(inbox), UDPReaders: 2}, flow.UDP)
	if c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(sockets[0].Addr)); !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatal(c, err)
	}
}

func TestUDPErrors(t *testing.T) {
	s, _ := server(t, Options{Receiver: make(inbox)}, flow.UDP)
	v6 := netip.MustParseAddrPort("[::1]:5060")
	if err := s.Send(flow.Flow{Proto: flow.UDP, Remote: v6}, []byte("x")); !errors.Is(err, ErrNoSocket) {
		t.Error(err)
	}
	if err := s.Send(flow.Flow{Proto: flow.SCTP, Remote: v6}, []byte("x")); !errors.Is(err, ErrUnknownProto) {
		t.Error(err)
	}
	here := netip.AddrPortFrom(loopback, 9)
	if err := s.Send(flow.Flow{Proto: flow.UDP, Remote: here}, make([]byte, 70000)); !errors.Is(err, syscall.EMSGSIZE) {
		t.Error(err)
	}
	for range 3 { // nobody listens there; the system may say so, and the timers of SIP deal with it
		if err := s.Send(flow.Flow{Proto: flow.UDP, Remote: here}, []byte("x")); err != nil {
			t.Error(err)
		}
	}
}

// brokenOnce is a network whose datagram sockets fail some reads.
type brokenOnce struct {
	RealNet
	left *atomic.Int32
}

type brokenConn struct {
	PacketConn
	left *atomic.Int32
}

func (b brokenOnce) ListenUDP(a netip.AddrPort, share bool) (PacketConn, error) {
	pc, err := b.RealNet.ListenUDP(a, share)
	return brokenConn{pc, b.left}, err
}

func (b brokenConn) ReadFromUDPAddrPort(buf []byte) (int, netip.AddrPort, error) {
	if b.left.Add(-1) >= 0 {
		return 0, netip.AddrPort{}, syscall.ENOBUFS
	}
	return b.PacketConn.ReadFromUDPAddrPort(buf)
}

func TestUDPReaderOutlivesErrors(t *testing.T) {
	in, left := make(inbox, 1), new(atomic.Int32)
	left.Store(3)
	s, sockets := server(t, Options{Receiver: in, Net: brokenOnce{left: left}, UDPReaders: 1}, flow.UDP)
	write(t, dialUDP(t, sockets[0]), message)
	<-in
	if n := s.Stats.UDPReadErrors.Load(); n != 3 {
		t.Fatalf("%d errors counted", n)
	}
}

// TestFreeBind opens an address that this machine does not have.
func TestFreeBind(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("left out: only Linux binds addresses that are not there yet")
	}
	for _, addr := range []string{"198.51.100.77:0", "[2001:db8::77]:0"} {
		far := netip.MustParseAddrPort(addr)
		if _, err := (RealNet{}).ListenUDP(far, false); err == nil {
			t.Errorf("%s: the machine has it", addr)
		}
		pc, err := RealNet{FreeBind: true}.ListenUDP(far, true)
		if err != nil {
			if far.Addr().Is6() {
				continue // a machine without IPv6
			}
			t.Fatal(err)
		}
		_ = pc.Close()
		l, err := RealNet{FreeBind: true}.ListenTCP(far)
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
	}
}
