//go:build linux && (amd64 || arm64)

package transport

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// TestLook: a reader that is made to look loses nothing, and waits on.
func TestLook(t *testing.T) {
	pc, err := RealNet{}.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0"), false)
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	u := rawDatagrams(pc)
	peer, err := net.Dial("udp", pc.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	const n = 200
	got := make(chan string, n)
	go func() {
		b := make([]byte, 64)
		for range n {
			n, _, err := u.ReadFromUDPAddrPort(b)
			got <- fmt.Sprint(string(b[:n]), err)
		}
	}()
	for i := range n {
		u.(looker).look()
		if _, err := fmt.Fprint(peer, i); err != nil {
			t.Fatal(err)
		}
		u.(looker).look()
		if text, want := <-got, fmt.Sprint(i, "<nil>"); text != want {
			t.Fatalf("got %s, want %s", text, want)
		}
	}
}

// looked counts how often it is to look.
type looked struct {
	PacketConn
	times atomic.Int64
}

func (l *looked) look()        { l.times.Add(1) }
func (l *looked) Close() error { return nil }

// TestGlance: however often it is asked for, every socket is looked at once in its time, and goes on being looked at for a while.
func TestGlance(t *testing.T) {
	s := New(Options{})
	a, b := &looked{}, &looked{}
	s.udp[&flow.Socket{}] = &udpEndpoint{conns: []PacketConn{a, b}}
	begun := time.Now()
	for range 1000 {
		s.glance()
	}
	for a.times.Load() < 3 { // nobody asks any more
		s.sleep(betweenGlances)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, most := a.times.Load(), int64(time.Since(begun)/betweenGlances)+1; n > most || b.times.Load() != n {
		t.Errorf("looked %d and %d times, want %d at most", n, b.times.Load(), most)
	}
}

// TestRoomForFiles: the system's table has room for all connections before the first one comes.
func TestRoomForFiles(t *testing.T) {
	const n = 300
	roomForFiles(n)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "FDSize:")
	size, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil || size < n+usualFiles {
		t.Errorf("room for %d files, %v", size, err)
	}
}
