//go:build linux && (amd64 || arm64)

package mmsg

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// socket is a bound datagram socket that never waits.
func socket(t *testing.T, at string) (fd uintptr, addr netip.AddrPort) {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)))
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Skip("left out: this machine has no IPv6: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(n uintptr) { fd = n })
	return fd, conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// readAll gives what has arrived, by reads of a few.
func readAll(fd uintptr, in *In) (got []string, from []netip.AddrPort) {
	for {
		n, err := in.Read(fd)
		if err != 0 {
			return got, from
		}
		for i := range n {
			got = append(got, string(in.Datagram(i)))
			from = append(from, netip.AddrPortFrom(in.From(i).Addr().Unmap(), in.From(i).Port()))
		}
	}
}

// TestOutIn: datagrams of all lengths arrive whole and in order at each peer, in as few packets as the system needs.
func TestOutIn(t *testing.T) {
	t.Run("IPv4", func(t *testing.T) { outIn(t, "127.0.0.1:0") })
	t.Run("IPv6", func(t *testing.T) { outIn(t, "[::1]:0") })
}

func outIn(t *testing.T, at string) {
	t.Helper()
	here, addr := socket(t, at)
	a, toA := socket(t, at)
	b, toB := socket(t, at)
	var out Out
	in := NewIn(7, 2000)
	for round := range 3 {
		var wantA, wantB []string
		for i := range 100 {
			text := strings.Repeat(string(rune('a'+i%26)), []int{300, 300, 300, 299, 1500, 1500, 1, 0, 700, 700}[i/5%10])
			if i%7 < 5 {
				out.Add([]byte(text), toA)
				wantA = append(wantA, text)
			} else {
				out.Add([]byte(text), toB)
				wantB = append(wantB, text)
			}
		}
		if out.Len() != 100 {
			t.Errorf("%d were added", out.Len())
		}
		out.Write(here, 0, func(i int, _ netip.AddrPort, err syscall.Errno) { t.Errorf("round %d: %d is lost: %v", round, i, err) })
		if out.Len() != 0 {
			t.Errorf("round %d: %d left", round, out.Len())
		}
		gotA, from := readAll(a, in)
		gotB, _ := readAll(b, in)
		if !slices.Equal(gotA, wantA) || !slices.Equal(gotB, wantB) {
			t.Errorf("%s: round %d: %d and %d arrived", at, round, len(gotA), len(gotB))
		}
		if slices.ContainsFunc(from, func(f netip.AddrPort) bool { return f != addr }) {
			t.Errorf("%s: from %v", at, from)
		}
	}
}

// TestRun: what goes as one packet.
func TestRun(t *testing.T) {
	a, b := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.1:2")
	var out Out
	for _, x := range []struct {
		size int
		to   netip.AddrPort
	}{{100, a}, {100, a}, {90, a}, {90, a}, {90, b}, {95, b}, {1500, b}, {1500, b}, {10, b}} {
		out.Add(make([]byte, x.size), x.to)
	}
	var ends []int
	for i := 0; i < out.Len(); i = out.run(i) {
		ends = append(ends, out.run(i))
	}
	if want := []int{3, 4, 5, 6, 7, 8, 9}; !slices.Equal(ends, want) {
		t.Errorf("%v, want %v", ends, want)
	}
}

// TestRefused: what the system does not take is counted, and the others leave.
func TestRefused(t *testing.T) {
	here, _ := socket(t, "127.0.0.1:0")
	there, to := socket(t, "127.0.0.1:0")
	var out Out
	out.Add([]byte("first"), to)
	unreachable := netip.MustParseAddrPort("[2001:db8::1]:5060")
	out.Add([]byte("never"), unreachable)
	out.Add([]byte("never"), unreachable)
	out.Add([]byte("last"), to)
	var lost []int
	out.Write(here, 0, func(i int, to netip.AddrPort, err syscall.Errno) {
		lost = append(lost, i)
		if to != unreachable || err == 0 {
			t.Errorf("%d to %v: %v", i, to, err)
		}
	})
	if !slices.Equal(lost, []int{1, 2}) {
		t.Errorf("%d are lost", lost)
	}
	if got, _ := readAll(there, NewIn(4, 100)); !slices.Equal(got, []string{"first", "last"}) {
		t.Errorf("%q", got)
	}
}

// TestFull: what the system has no room for is kept, and leaves later. Pairs of sockets take no addresses, and hold what is not read.
func TestFull(t *testing.T) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pair[0])
	defer syscall.Close(pair[1])
	const n = 2000
	var out Out
	for size := range n { // each is longer than the one before, and leaves as a packet of its own
		out.Add(make([]byte, size+1), netip.MustParseAddrPort("127.0.0.1:5060"))
	}
	in, got, times := NewIn(64, n), 0, 0
	for full := true; full; times++ {
		full = out.Write(uintptr(pair[0]), 0, func(i int, _ netip.AddrPort, err syscall.Errno) { t.Fatalf("%d is lost: %v", i, err) })
		for {
			k, err := in.Read(uintptr(pair[1]))
			if err != 0 {
				break
			}
			for i := range k {
				if got++; len(in.Datagram(i)) != got {
					t.Fatalf("%d bytes come as number %d", len(in.Datagram(i)), got)
				}
			}
		}
		if out.Len() != n-got && full {
			t.Fatalf("%d left after %d", out.Len(), got)
		}
	}
	if got != n || times < 2 || out.Len() != 0 {
		t.Errorf("%d came in %d times, %d left", got, times, out.Len())
	}
}

func TestNothing(t *testing.T) {
	fd, _ := socket(t, "127.0.0.1:0")
	if n, err := NewIn(4, 100).Read(fd); n != 0 || err != syscall.EAGAIN {
		t.Errorf("%d %v", n, err)
	}
	new(Out).Write(fd, 0, func(i int, _ netip.AddrPort, err syscall.Errno) { t.Error(i, err) })
}
