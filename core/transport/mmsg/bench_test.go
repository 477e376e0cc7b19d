//go:build linux && (amd64 || arm64)

package mmsg

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
)

// BenchmarkWrite is the cost of one of so many datagrams that leave together, with the reading of it at the other side.
func BenchmarkWrite(b *testing.B) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	to := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	raw, _ := conn.SyscallConn()
	_ = raw.Control(func(fd uintptr) {
		for _, n := range []int{1, 4, 16, 64} {
			for _, step := range []int{0, 1} { // of the lengths
				b.Run(fmt.Sprintf("%d/%d", n, step), func(b *testing.B) {
					var out Out
					in := NewIn(64, 2048)
					for i := 0; i < b.N; i += n {
						for j := range n {
							out.Add(make([]byte, 450+j%2*step), to)
						}
						out.Write(fd, 0, nil)
						for got := 0; got < n; {
							k, _ := in.Read(fd)
							got += k
						}
					}
				})
			}
		}
	})
}
