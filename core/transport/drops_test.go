package transport

import (
	"net"
	"net/netip"
	"runtime"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

// TestKernelDrops fills the buffer of a socket that nobody reads.
func TestKernelDrops(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("left out: only Linux tells what a socket dropped")
	}
	s := New(Options{UDPReaders: 1, UDPBuffer: 64 << 10})
	socket := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("127.0.0.1:0"), 0)
	if err := s.Listen(socket); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(t.Context()) }()
	c, err := net.Dial("udp", socket.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for range 2000 {
		_, _ = c.Write(make([]byte, 1000))
	}
	if n := s.KernelDrops(); n < 1000 || n > 2000 {
		t.Errorf("%d datagrams were dropped", n)
	}
}
