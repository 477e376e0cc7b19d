package fakenet

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"github.com/moonroute/moonroute/core/transport"
)

// backlog is how many connections or datagrams wait at a socket of Pipes.
const backlog = 1024

// Pipes is a transport.Net in memory. Its connections are net.Pipe ones with addresses, its
// datagrams wait in channels; nothing is lost until a queue is full. The zero value is ready.
type Pipes struct {
	mu     sync.Mutex
	tcp    map[netip.AddrPort]*pipeListener
	udp    map[netip.AddrPort][]*pipePackets
	dialed uint16
}

var _ transport.Net = (*Pipes)(nil)

// ListenTCP implements transport.Net.
func (p *Pipes) ListenTCP(addr netip.AddrPort) (net.Listener, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	addr = p.port(addr)
	if p.tcp[addr] != nil {
		return nil, opError("listen", "tcp", addr, syscall.EADDRINUSE)
	}
	if p.tcp == nil {
		p.tcp = map[netip.AddrPort]*pipeListener{}
	}
	l := &pipeListener{net: p, addr: addr, conns: make(chan net.Conn, backlog), closed: make(chan struct{})}
	p.tcp[addr] = l
	return l, nil
}

// port replaces port 0 by one of its own.
func (p *Pipes) port(addr netip.AddrPort) netip.AddrPort {
	if addr.Port() != 0 {
		return addr
	}
	p.dialed++ // reused after 32768, long after the first owner is gone
	return netip.AddrPortFrom(addr.Addr(), firstEphemeral+p.dialed%firstEphemeral)
}

// DialTCP implements transport.Net. It fails at once if nobody listens.
func (p *Pipes) DialTCP(ctx context.Context, local, remote netip.AddrPort) (net.Conn, error) {
	p.mu.Lock()
	l := p.tcp[remote]
	if !local.IsValid() {
		local = netip.AddrPortFrom(remote.Addr(), 0)
	}
	local = p.port(local)
	p.mu.Unlock()
	if l == nil {
		return nil, opError("dial", "tcp", remote, syscall.ECONNREFUSED)
	}
	near, far := net.Pipe()
	select {
	case l.conns <- &pipeConn{far, remote, local}:
		return &pipeConn{near, local, remote}, nil
	case <-l.closed:
		return nil, opError("dial", "tcp", remote, syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, opError("dial", "tcp", remote, ctx.Err())
	}
}

type pipeConn struct {
	net.Conn
	local, remote netip.AddrPort
}

func (c *pipeConn) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(c.local) }
func (c *pipeConn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

type pipeListener struct {
	net    *Pipes
	addr   netip.AddrPort
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, opError("accept", "tcp", l.addr, net.ErrClosed)
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.net.mu.Lock()
		defer l.net.mu.Unlock()
		delete(l.net.tcp, l.addr)
	})
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.addr) }

func opError(op, network string, addr netip.AddrPort, err error) error {
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(op, errno)
	}
	return &net.OpError{Op: op, Net: network, Addr: net.TCPAddrFromAddrPort(addr), Err: err}
}
