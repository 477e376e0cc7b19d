package transport

import (
	"fmt"
	"net/netip"
)

// mostGathered is how many datagrams wait for more at most.
const mostGathered = 64

// gatherer is a socket that keeps datagrams in order to send them together. Any goroutine may use it.
type gatherer interface {
	// gather copies a datagram, and tells how many wait now.
	gather(data []byte, to netip.AddrPort, failed func(error)) int
	gathered() int
	// flush sends all, and gives those that the system did not take.
	flush() (sent int, lost []lostDatagram)
}

// lostDatagram is one that could not be sent.
type lostDatagram struct {
	to     netip.AddrPort
	err    error
	failed func(error) // may be nil
}

// gather is send for a datagram that may wait, or that comes after one that does.
func (e *udpEndpoint) gather(g gatherer, to netip.AddrPort, data []byte, o SendOptions) {
	if n := g.gather(data, unmap(to), o.Failed); n >= mostGathered || !o.More {
		e.flush(g)
	}
}

func (e *udpEndpoint) flush(g gatherer) {
	sent, lost := g.flush()
	stats := &e.set.Stats
	stats.UDPSent.Add(uint64(sent))
	stats.UDPSendErrors.Add(uint64(len(lost)))
	for _, l := range lost {
		if l.failed != nil {
			go l.failed(fmt.Errorf("transport: send udp to %s: %w", l.to, l.err))
		}
	}
}

// Flush implements Flusher.
func (s *Set) Flush() {
	for _, e := range s.udp {
		for _, g := range e.gathers {
			if g != nil && g.gathered() > 0 {
				e.flush(g)
			}
		}
	}
}
