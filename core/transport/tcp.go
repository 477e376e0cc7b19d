package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// tcpListener is one TCP address of the server.
type tcpListener struct {
	set      *Set
	socket   *flow.Socket
	listener net.Listener
}

func (s *Set) listenTCP(socket *flow.Socket) (*tcpListener, error) {
	ln, err := s.opt.Net.ListenTCP(socket.Addr)
	if err != nil {
		return nil, fmt.Errorf("transport: listen on %s: %w", socket, err)
	}
	setPort(socket, ln.Addr())
	return &tcpListener{set: s, socket: socket, listener: ln}, nil
}

func (l *tcpListener) start() {
	l.set.running.Add(1)
	go l.accept()
}

// accept takes connections until the listener is closed. Errors such as a lack of file
// descriptors pass, so it goes on after a pause.
func (l *tcpListener) accept() {
	defer l.set.running.Done()
	var pause time.Duration
	for l.set.stopping.Err() == nil {
		nc, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			l.set.noise.Warn().Err(err).Stringer("socket", l.socket).Msg("transport: accept failed")
			pause = min(2*pause+5*time.Millisecond, l.set.tuning.Load().AcceptErrors)
			l.set.sleep(pause)
			continue
		}
		pause = 0
		l.take(nc)
	}
}

// take puts an accepted connection to work, or closes it at once if a limit is reached.
func (l *tcpListener) take(nc net.Conn) {
	s := l.set
	c := s.newConn(l.socket.Proto.Base(), l.socket, addrPort(nc.RemoteAddr()))
	c.accepted = true
	err := s.conns.add(c)
	if err == ErrTooManyConns && s.leaving.forget() {
		err = s.conns.add(c)
	}
	if err != nil {
		s.Stats.TCPRefused.Add(1)
		s.noise.Warn().Err(err).Stringer("peer", c.remote).Msg("transport: connection refused")
		nc.Close()
		return
	}
	s.Stats.TCPAccepted.Add(1)
	c.welcome(nc)
	s.glance()
}

// sendStream sends on a connection that exists, or opens one. A connection that turns out
// to be dead before any byte of this message went out is given up for another one.
func (s *Set) sendStream(f flow.Flow, data []byte, o SendOptions) error {
	err := ErrConnClosed
	for try := 0; try < 3 && err == ErrConnClosed; try++ {
		var c *conn
		if c, err = s.connFor(f, o); err == nil {
			err = c.take(data, o)
		}
		if err == ErrConnClosed && c != nil && c.refused() { // the peer was faster than the message: as if that had waited
			s.report([]queued{{failed: o.Failed}}, c.dialErr)
			return nil
		}
	}
	if err != nil {
		s.Stats.TCPSendErrors.Add(1)
		return err
	}
	s.Stats.TCPSent.Add(1)
	return nil
}

// take sends one message, as its options say.
func (c *conn) take(data []byte, o SendOptions) error {
	c.noteOpening(o)
	if o.waited {
		return c.sendInTurn(data, o)
	}
	return c.send(data, o)
}

// connFor finds the connection for a flow, or begins to open one.
func (s *Set) connFor(f flow.Flow, o SendOptions) (*conn, error) {
	f.Remote = unmap(f.Remote)
	if o.Exact {
		return s.connExactly(f.Conn)
	}
	identity, from := s.identity(f), s.source(f, o)
	if c := s.conns.find(f, identity, from); c != nil {
		return c, nil
	}
	if o.NoConnect || s.tuning.Load().NoConnect || f.Remote.Port() == 0 || f.Proto.WebSocket() { // who speaks WebSocket is a client (RFC 7118)
		return nil, ErrNoConnection
	}
	local := s.LocalSocket(f.Proto, f.Local, f.Remote)
	if local == nil {
		return nil, ErrNoSocket
	}
	c := s.newConn(f.Proto, local, f.Remote)
	c.dialed, c.to, c.identity = make(chan struct{}), f.Peer, identity
	c, made, err := s.conns.addDialed(c, from)
	if made {
		go c.dial()
	}
	return c, err
}

// connExactly finds the connection with an ID.
func (s *Set) connExactly(id flow.ConnID) (*conn, error) {
	if c := s.conns.get(id); c != nil {
		return c, nil
	}
	return nil, ErrNoConnection
}

// dial opens the connection and sends what has been queued meanwhile.
func (c *conn) dial() {
	defer c.set.running.Done()
	ctx, cancel := context.WithTimeout(c.set.stopping, c.set.tuning.Load().Connect)
	defer cancel()
	nc, err := c.set.opt.Net.DialTCP(ctx, c.bindAddr(), onLink(c.remote, c.local.Addr))
	var w *wire
	if err == nil {
		w, err = c.prepare(nc)
	}
	if err != nil {
		c.set.Stats.TCPConnectErrors.Add(1)
		if nc != nil && c.set.stopping.Err() == nil {
			c.set.noise.Warn().Err(err).Stringer("peer", c.remote).Msg("transport: connection not made")
		}
		err = fmt.Errorf("transport: connect %s to %s: %w", c.proto, c.remote, err)
		c.dialEnded(err)
		c.close(err)
		return
	}
	c.set.Stats.TCPConnected.Add(1)
	c.dialEnded(nil)
	c.opened(w, true)
	c.drain()
}

// bindAddr is the local address of a connection that is dialed: the one that is set for all, else that of its socket
// unless the peer could not be reached from there; with a free port or that of its socket.
func (c *conn) bindAddr() netip.AddrPort {
	opt := &c.set.opt
	port := uint16(0)
	if opt.SharePort {
		port = c.local.Addr.Port()
	}
	source := opt.Source6
	if c.remote.Addr().Is4() {
		source = opt.Source4
	}
	if source.IsValid() {
		return netip.AddrPortFrom(source, port)
	}
	addr := c.local.Addr.Addr().Unmap()
	if addr.IsUnspecified() || addr.IsLoopback() && !c.remote.Addr().IsLoopback() {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr, port)
}
