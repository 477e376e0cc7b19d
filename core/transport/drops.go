package transport

import (
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport/procnet"
)

// KernelDrops is how many datagrams the system has thrown away because the receive buffers of the server's UDP sockets
// were full. Systems without /proc tell nothing, which counts as none. It reads a file: not for the path of a message.
func (s *Set) KernelDrops() uint64 {
	ours := map[netip.AddrPort]bool{}
	for _, socket := range s.sockets {
		if s.udp[socket] != nil {
			ours[socket.Addr] = true
		}
	}
	return procnet.Drops(ours)
}

// ReaderInfo is the state of a reader of a UDP address.
type ReaderInfo struct {
	Socket *flow.Socket
	Behind time.Duration // for how long it has found further packets waiting (load.Gauge)
}

// Readers are the readers of the UDP sockets.
func (s *Set) Readers() (list []ReaderInfo) {
	for _, socket := range s.sockets {
		if e := s.udp[socket]; e != nil {
			for _, r := range e.readers {
				list = append(list, ReaderInfo{Socket: socket, Behind: r.load.Behind()})
			}
		}
	}
	return list
}
