package transport

import (
	"net/netip"

	"github.com/moonroute/moonroute/core/flow"
)

// ChooseSocket picks the socket that a message to remote leaves from, out of a server's
// sockets in their order: preferred itself, else one on the same address, else the first that
// can reach remote. It is nil if none has the protocol and the address family.
func ChooseSocket(sockets []*flow.Socket, p flow.Proto, preferred *flow.Socket, remote netip.AddrPort) *flow.Socket {
	best, bestScore := (*flow.Socket)(nil), 0
	for _, s := range sockets {
		if score := fitness(s, p, preferred, remote.Addr().Unmap()); score > bestScore {
			best, bestScore = s, score
		}
	}
	return best
}

// fitness is 0 for a socket that cannot be used, more for one that fits better.
func fitness(s *flow.Socket, p flow.Proto, preferred *flow.Socket, remote netip.Addr) int {
	addr := s.Addr.Addr().Unmap()
	switch {
	case !s.Proto.Carries(p), addr.Is4() != remote.Is4(), isGroup(s):
		return 0
	case s == preferred:
		return 4
	case preferred != nil && preferred.Addr.Addr().Unmap() == addr:
		return 3
	case addr.IsUnspecified(), addr.IsLoopback() == remote.IsLoopback():
		return 2
	}
	return 1
}
