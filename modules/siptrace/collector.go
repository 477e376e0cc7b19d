package siptrace

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/moonroute/moonroute/core/hep"
	"github.com/moonroute/moonroute/core/sip"
)

// queued is how many copies may wait for a capture server; past it they are dropped and counted.
const queued = 4096

// collector sends copies to a capture server, one goroutine for all.
type collector struct {
	conn  net.Conn
	queue chan []byte
}

// openCollector opens the way to the host of a SIP URI, over which run sends; nil for an empty one.
func (s *state) openCollector(uri string) (*collector, error) {
	if uri == "" {
		return nil, nil
	}
	u, err := sip.ParseURI(uri)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", uri, err)
	}
	port := u.Port
	if port == "" {
		port = "5060"
	}
	var local net.Addr
	if from := s.source(); from.IsValid() && !from.IsUnspecified() {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	dialer := net.Dialer{LocalAddr: local}
	conn, err := dialer.DialContext(context.Background(), "udp", net.JoinHostPort(u.Host, port))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", uri, err)
	}
	return &collector{conn: conn, queue: make(chan []byte, queued)}, nil
}

// run sends until the server ends. A capture server that is down must disturb nobody: errors are its loss.
func (c *collector) run(ctx context.Context) {
	defer c.conn.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-c.queue:
			_, _ = c.conn.Write(p)
		}
	}
}

// send queues a copy; false if there is no room, or no datagram can hold it.
func (c *collector) send(p []byte) bool {
	if len(p) > hep.MaxPayload {
		return false
	}
	select {
	case c.queue <- p:
		return true
	default:
		return false
	}
}
