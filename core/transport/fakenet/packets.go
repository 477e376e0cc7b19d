package fakenet

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"

	"github.com/moonroute/moonroute/core/transport"
)

// pipePackets is a datagram socket of Pipes.
type pipePackets struct {
	net    *Pipes
	addr   netip.AddrPort
	share  bool
	in     chan datagram
	once   sync.Once
	closed chan struct{}
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

// ListenUDP implements transport.Net.
func (p *Pipes) ListenUDP(addr netip.AddrPort, share bool) (transport.PacketConn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	addr = p.port(addr)
	for _, other := range p.udp[addr] {
		if !share || !other.share {
			return nil, opError("listen", "udp", addr, syscall.EADDRINUSE)
		}
	}
	if p.udp == nil {
		p.udp = map[netip.AddrPort][]*pipePackets{}
	}
	c := &pipePackets{net: p, addr: addr, share: share, in: make(chan datagram, backlog), closed: make(chan struct{})}
	p.udp[addr] = append(p.udp[addr], c)
	return c, nil
}

// ReadFromUDPAddrPort implements transport.PacketConn.
func (c *pipePackets) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case d := <-c.in:
		return copy(b, d.data), d.from, nil
	case <-c.closed:
		return 0, netip.AddrPort{}, opError("read", "udp", c.addr, net.ErrClosed)
	}
}

// WriteToUDPAddrPort implements transport.PacketConn. A datagram to nobody, or to a socket
// whose queue is full, vanishes.
func (c *pipePackets) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	c.net.mu.Lock()
	defer c.net.mu.Unlock()
	sockets := c.net.udp[to]
	if len(sockets) == 0 {
		return len(b), nil
	}
	select {
	case sockets[int(c.addr.Port())%len(sockets)].in <- datagram{slices.Clone(b), c.addr}:
	default:
	}
	return len(b), nil
}

// LocalAddr implements transport.PacketConn.
func (c *pipePackets) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.addr) }

// SetReadBuffer implements transport.PacketConn; the queue has its own bound.
func (c *pipePackets) SetReadBuffer(int) error { return nil }

// Close implements transport.PacketConn.
func (c *pipePackets) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.net.mu.Lock()
		defer c.net.mu.Unlock()
		left := slices.DeleteFunc(c.net.udp[c.addr], func(o *pipePackets) bool { return o == c })
		c.net.udp[c.addr] = left
		if len(left) == 0 {
			delete(c.net.udp, c.addr)
		}
	})
	return nil
}
