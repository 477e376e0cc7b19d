package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// BinaryServer is all binary listeners of one server: what the ctl module has. It knows
// who is connected, which is what ctl.who tells.
type BinaryServer struct {
	reg  *Registry
	opts Options

	mu      sync.Mutex
	listens []listening
	conns   []Connection // in the order of their arrival
}

// listening is one open listener.
type listening struct {
	*Carrier
	at Endpoint
}

// Endpoint is one end of a connection, or what is listened on. Port is empty for sockets in files.
type Endpoint struct {
	Transport  string // unix_stream, unix_dgram, tcp or udp
	Name, Port string
}

// Connection is one open stream.
type Connection struct {
	From, To Endpoint
	conn     net.Conn
}

// NewBinaryServer makes a server without listeners. The limits hold for each listener.
func NewBinaryServer(reg *Registry, opts Options) *BinaryServer {
	return &BinaryServer{reg: reg, opts: opts.withDefaults()}
}

// Listen opens one more address, written as in the ctl module's binrpc parameter:
// "unix:/path" or "unixs:/path" (stream), "unixd:/path" (datagram), "tcp:host:port" or
// "udp:host:port". It returns when the socket is open. The carrier closes with ctx.
func (s *BinaryServer) Listen(ctx context.Context, addr string) (*Carrier, error) {
	a, err := parseBinaryAddress(addr)
	if err != nil {
		return nil, err
	}
	c, err := s.open(ctx, addr, a)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listens = append(s.listens, listening{c, a.endpoint()})
	return c, nil
}

func (s *BinaryServer) open(ctx context.Context, addr string, a address) (*Carrier, error) {
	if a.network == "unix" || a.network == "tcp" {
		return s.listenStream(ctx, addr, a)
	}
	opts := s.opts
	orElse(&opts.MaxReply, maxDatagram(a))
	h := &BinaryHandler{Registry: s.reg, MaxReply: opts.MaxReply, Instead: noDatagram}
	return servePackets(ctx, addr, a, opts, h.HandlePacket, binFaultPacket(0, tooLarge))
}

// Close closes all listeners and waits for what runs.
func (s *BinaryServer) Close() {
	s.mu.Lock()
	listens := slices.Clone(s.listens)
	s.mu.Unlock()
	for _, l := range listens {
		l.Close()
	}
}

// ServeBinary answers the binary protocol on one address; see BinaryServer.Listen.
func ServeBinary(ctx context.Context, reg *Registry, addr string, opts Options) (*Carrier, error) {
	return NewBinaryServer(reg, opts).Listen(ctx, addr)
}

func (s *BinaryServer) listenStream(ctx context.Context, addr string, a address) (*Carrier, error) {
	opts := s.opts
	orElse(&opts.MaxReply, defaultMaxReply)
	l, guard, err := listenStream(ctx, a, opts)
	if err != nil {
		return nil, err
	}
	c := newCarrier(ctx, addr, opts,
		func() { l.Close(); s.hangUp(a.endpoint()) },
		guard.remove)
	h := &BinaryHandler{Registry: s.reg, MaxReply: opts.MaxReply}
	c.wg.Go(func() { s.accept(c, l, a.endpoint(), h) })
	return c, nil
}

// accept takes clients up to the limit; one more is closed at once.
func (s *BinaryServer) accept(c *Carrier, l net.Listener, to Endpoint, h *BinaryHandler) {
	free := make(chan struct{}, c.opts.MaxClients)
	for {
		conn, err := l.Accept()
		if c.closing() {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil {
			c.refuse("a stream client", err)
			time.Sleep(10 * time.Millisecond) // out of descriptors, say: must not spin
			continue
		}
		select {
		case free <- struct{}{}:
			c.wg.Go(func() {
				s.converse(c, conn, to, h)
				<-free
			})
		default:
			c.refuse(conn.RemoteAddr().String(), errors.New("too many clients"))
			conn.Close()
		}
	}
}

// converse answers one client's requests until it leaves, errs or is idle for too long.
func (s *BinaryServer) converse(c *Carrier, conn net.Conn, to Endpoint, h *BinaryHandler) {
	defer conn.Close()
	if !s.join(c, Connection{From: remoteEndpoint(conn, to), To: to, conn: conn}) {
		return
	}
	defer s.leave(conn)
	for {
		header, body, err := readPacket(conn, c.opts)
		if errors.Is(err, io.EOF) || c.closing() {
			return
		}
		if err != nil {
			c.refuse(conn.RemoteAddr().String(), err)
			c.write(conn, binFaultPacket(header.cookie, errCorrupted))
			return
		}
		if !c.answerStream(conn, h, header, body) {
			return
		}
	}
}

// answerStream runs one request and says whether the stream can go on.
func (c *Carrier) answerStream(conn net.Conn, h *BinaryHandler, header binHeader, body []byte) bool {
	ctx, cancel := c.commandContext(conn.RemoteAddr().String())
	defer cancel()
	reply, err := h.answer(ctx, header, body)
	if err != nil {
		c.refuse(conn.RemoteAddr().String(), err)
	} else {
		c.requests.Add(1)
	}
	return c.write(conn, reply) && err == nil
}

func (c *Carrier) write(conn net.Conn, reply []byte) bool {
	_ = conn.SetWriteDeadline(time.Now().Add(c.opts.IOTimeout))
	if _, err := conn.Write(reply); err != nil {
		c.lose(conn.RemoteAddr().String(), err)
		return false
	}
	return true
}

// readPacket waits for a request, then gives its sender IOTimeout for the rest of it.
func readPacket(conn net.Conn, opts Options) (binHeader, []byte, error) {
	var start [minHeader + 8]byte
	_ = conn.SetReadDeadline(time.Now().Add(opts.IdleTimeout))
	if _, err := io.ReadFull(conn, start[:1]); err != nil {
		return binHeader{}, nil, io.EOF // gone, or idle for too long
	}
	_ = conn.SetReadDeadline(time.Now().Add(opts.IOTimeout))
	if _, err := io.ReadFull(conn, start[1:minHeader]); err != nil {
		return binHeader{}, nil, cutOff(err)
	}
	size, err := headerSize(start[:])
	if err != nil {
		return binHeader{}, nil, err
	}
	if _, err := io.ReadFull(conn, start[minHeader:size]); err != nil {
		return binHeader{}, nil, cutOff(err)
	}
	header := parseHeader(start[:size])
	if header.length > opts.MaxRequest {
		return header, nil, ErrTooLarge
	}
	body := make([]byte, header.length)
	if _, err := io.ReadFull(conn, body); err != nil {
		return header, nil, cutOff(err)
	}
	return header, body, nil
}

// cutOff says that a packet broke off, which is not the clean end of a stream.
func cutOff(err error) error { return fmt.Errorf("%w: cut off: %w", ErrMalformed, err) }
