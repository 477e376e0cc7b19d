package transport

import (
	"net"
	"net/netip"
	"runtime"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

func TestDropsOfTheTable(t *testing.T) {
	const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1001 2 0000000000000000 5
  102: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1002 2 0000000000000000 7
  103: 0100007F:13C5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1003 2 0000000000000000 9
  104: 00000000000000000000000001000000:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1004 2 0000000000000000 11
  short line
  105: nonsense:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1004 2 0000000000000000 13
`
	for addr, want := range map[string]uint64{"127.0.0.1:5060": 12, "127.0.0.1:5061": 9, "[::1]:5060": 11, "127.0.0.2:5060": 0} {
		if n := drops(table, map[netip.AddrPort]bool{netip.MustParseAddrPort(addr): true}); n != want {
			t.Errorf("%s: %d, want %d", addr, n, want)
		}
	}
}

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
