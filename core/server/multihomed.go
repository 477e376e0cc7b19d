package server

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

const (
	// routeTime is how long the local address towards a peer is remembered: routes change seldom.
	routeTime = 5 * time.Second
	maxRoutes = 4096
)

// localTowards is the local address that packets to an address leave from, as the system's routes have it. It does not block:
// a datagram socket that is connected sends nothing.
func localTowards(to netip.AddrPort) netip.Addr {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return netip.Addr{}
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// homeRoutes remembers local addresses by peer.
type homeRoutes struct {
	ask func(to netip.AddrPort) netip.Addr // nil: localTowards

	mu    sync.Mutex
	known map[netip.Addr]homeRoute
}

type homeRoute struct {
	local netip.Addr
	until time.Time
}

func (r *homeRoutes) towards(to netip.AddrPort, now time.Time) netip.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := to.Addr()
	if known, ok := r.known[at]; ok && now.Before(known.until) {
		return known.local
	}
	if r.known == nil || len(r.known) >= maxRoutes {
		r.known = map[netip.Addr]homeRoute{}
	}
	ask := r.ask
	if ask == nil {
		ask = localTowards
	}
	local := ask(to)
	r.known[at] = homeRoute{local, now.Add(routeTime)}
	return local
}

// homed is the socket on the local address that the system's routes choose: with the port of the receiving one if there
// is one, else the first. Without any the receiving one stays.
func (s *Server) homed(p flow.Proto, received *flow.Socket, to netip.AddrPort) *flow.Socket {
	local := s.routes.towards(to, s.clock.Now())
	if received != nil && received.Addr.Addr() == local {
		return received
	}
	var found *flow.Socket
	for _, sock := range s.opt.Sockets {
		if !sock.Proto.Carries(p) || sock.Addr.Addr().Unmap() != local {
			continue
		}
		if received != nil && sock.Addr.Port() == received.Addr.Port() {
			return sock
		}
		if found == nil {
			found = sock
		}
	}
	if found == nil {
		return received
	}
	return found
}
