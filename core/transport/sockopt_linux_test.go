package transport_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// number asks the system for an option of a socket.
func number(t *testing.T, socket any, level, option int) (n int) {
	t.Helper()
	raw, err := socket.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) { n, failed = syscall.GetsockoptInt(int(fd), level, option) })
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return n
}

// pair is a listening socket and both ends of a connection to it, on the network n.
func pair(t *testing.T, n RealNet) (ln net.Listener, near, far net.Conn) {
	t.Helper()
	ln, err := n.ListenTCP(netip.AddrPortFrom(loopback, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	near, err = n.DialTCP(context.Background(), netip.AddrPort{}, netip.MustParseAddrPort(ln.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	write(t, near, "x") // a deferred accept waits for it
	if far, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return ln, near, far
}

// TestSocketOptions: what the system is told of sockets, and of those it accepts.
func TestSocketOptions(t *testing.T) {
	const tcp = syscall.IPPROTO_TCP
	n := RealNet{TOS: 0x10, TCP: TCPOptions{
		Probes:     KeepAlive{Idle: 70 * time.Second, Interval: 8 * time.Second, Count: 4},
		SynRetries: 2, Linger2: 30 * time.Second, DeferAccept: time.Second, Backlog: 9, DelayedAck: true,
	}}
	ln, near, far := pair(t, n)
	both := []any{near, far}
	for _, x := range []struct {
		name                string
		sockets             []any
		level, option, want int
	}{
		{"tos", append(both, ln), syscall.IPPROTO_IP, syscall.IP_TOS, 0x10},
		{"tcp_keepalive", both, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{"tcp_keepidle", both, tcp, syscall.TCP_KEEPIDLE, 70},
		{"tcp_keepintvl", both, tcp, syscall.TCP_KEEPINTVL, 8},
		{"tcp_keepcnt", both, tcp, syscall.TCP_KEEPCNT, 4},
		{"tcp_syncnt", both, tcp, syscall.TCP_SYNCNT, 2},
		{"tcp_linger2", both, tcp, syscall.TCP_LINGER2, 30},
		{"tcp_defer_accept", []any{ln}, tcp, syscall.TCP_DEFER_ACCEPT, 1},
	} {
		for _, s := range x.sockets {
			if got := number(t, s, x.level, x.option); got != x.want {
				t.Errorf("%s of a %T: %d, want %d", x.name, s, got, x.want)
			}
		}
	}
}

func TestSocketOptionsOfUDP(t *testing.T) {
	for addr, option := range map[string][2]int{
		"127.0.0.1:0": {syscall.IPPROTO_IP, syscall.IP_TOS}, "[::1]:0": {syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS},
	} {
		pc, err := RealNet{TOS: 0x08}.ListenUDP(netip.MustParseAddrPort(addr), false)
		if err != nil {
			t.Fatal(err)
		}
		defer pc.Close()
		if got := number(t, pc, option[0], option[1]); got != 0x08 {
			t.Errorf("%s: %#x", addr, got)
		}
	}
}

// TestDatagramOptions: the system doubles the size of a buffer for its own records (socket(7)).
func TestDatagramOptions(t *testing.T) {
	for want, o := range map[[2]int]UDPOptions{
		{16384, syscall.IP_PMTUDISC_DONT}: {SendBuffer: 8192, PathMTU: PathMTUCut},
		{32768, syscall.IP_PMTUDISC_DO}:   {SendBuffer: 16384, PathMTU: PathMTUWhole},
	} {
		pc, err := RealNet{UDP: o}.ListenUDP(netip.AddrPortFrom(loopback, 0), false)
		if err != nil {
			t.Fatal(err)
		}
		defer pc.Close()
		got := [2]int{number(t, pc, syscall.SOL_SOCKET, syscall.SO_SNDBUF), number(t, pc, syscall.IPPROTO_IP, syscall.IP_MTU_DISCOVER)}
		if got != want {
			t.Errorf("%+v: %v, want %v", o, got, want)
		}
	}
	if pc, err := (RealNet{UDP: UDPOptions{PathMTU: PathMTUCut}}).ListenUDP(netip.MustParseAddrPort("[::1]:0"), false); err == nil {
		pc.Close()
	} else if !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("IPv6: %v", err)
	}
}

// TestNoProbes: without options silent peers are probed as the system has it; tcp_keepalive=no ends that.
func TestNoProbes(t *testing.T) {
	for no, want := range map[bool]int{false: 1, true: 0} {
		_, near, far := pair(t, RealNet{TCP: TCPOptions{NoProbes: no}})
		for _, c := range []net.Conn{near, far} {
			if got := number(t, c, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE); got != want {
				t.Errorf("NoProbes %v: %d", no, got)
			}
		}
	}
}

// TestCloseReset: the peer is told at once that the connection is gone.
func TestCloseReset(t *testing.T) {
	_, near, far := pair(t, RealNet{TCP: TCPOptions{CloseReset: true}})
	far.Close()
	near.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

// TestRefusedOption: what the system does not take is known when the server begins to listen.
func TestRefusedOption(t *testing.T) {
	_, err := RealNet{TCP: TCPOptions{SynRetries: 1000}}.ListenTCP(netip.AddrPortFrom(loopback, 0))
	if err == nil || !strings.Contains(err.Error(), "tcp_syncnt=1000") {
		t.Error(err)
	}
}

// TestSource: where connections are opened from.
func TestSource(t *testing.T) {
	in := make(inbox, 1)
	_, far := server(t, Options{Receiver: in}, flow.TCP)
	for name, x := range map[string]struct {
		options Options
		addr    string
		ownPort bool
	}{
		"plain":           {Options{}, "127.0.0.1", false},
		"tcp_source_ipv4": {Options{Source4: netip.MustParseAddr("127.0.0.2")}, "127.0.0.2", false},
		"tcp_reuse_port":  {Options{SharePort: true, Net: RealNet{TCP: TCPOptions{ReusePort: true}}}, "127.0.0.1", true},
	} {
		x.options.Receiver = in
		s, near := server(t, x.options, flow.TCP)
		if err := s.Send(flow.Flow{Proto: flow.TCP, Local: near[0], Remote: far[0].Addr}, []byte(message)); err != nil {
			t.Fatal(name, err)
		}
		from := (<-in).Flow.Remote
		if from.Addr().String() != x.addr || from.Port() == near[0].Addr.Port() != x.ownPort {
			t.Errorf("%s: from %s", name, from)
		}
	}
}

func TestNoConnect(t *testing.T) {
	s, sockets := server(t, Options{Receiver: make(inbox), NoConnect: true}, flow.TCP)
	if err := s.Send(flow.Flow{Proto: flow.TCP, Remote: sockets[0].Addr}, []byte(message)); err != ErrNoConnection {
		t.Error(err)
	}
}
