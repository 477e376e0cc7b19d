package rpc

import (
	"context"
	"net"
	"time"
)

// The largest replies that fit a datagram, with room for the kernel's own needs.
const (
	maxUDPReply      = 65000
	maxUnixgramReply = 200_000
)

// packetHandler answers one datagram. A nil reply means that there is nothing to send;
// the error says that the datagram was no request.
type packetHandler func(ctx context.Context, packet []byte) ([]byte, error)

// ServeDatagram answers JSON-RPC requests on a datagram socket: a path (an address that
// starts with "unix:" is one too), or "udp:host:port". Each reply goes to the address its
// request came from. It returns when the socket is open; the carrier closes with ctx.
//
// The socket file is for its owner: a client that asks on and on and never reads can fill
// the socket's buffer for replies, as with any server on a datagram socket.
func ServeDatagram(ctx context.Context, reg *Registry, addr string, opts Options) (*Carrier, error) {
	a, err := parseJSONAddress(addr)
	if err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	orElse(&opts.MaxReply, maxDatagram(a))
	h := &JSONHandler{Registry: reg, Pretty: opts.Pretty, MaxReply: opts.MaxReply, Instead: noDatagram}
	return servePackets(ctx, addr, a, opts, func(ctx context.Context, packet []byte) ([]byte, error) {
		reply, err := h.Handle(ctx, packet)
		return reply.Body, err
	}, h.fault(tooLarge, nil).Body)
}

var tooLarge = &Fault{400, "Request Too Large"}

// noDatagram is the way to larger replies than a datagram holds.
const noDatagram = " for a datagram: ask on a stream, unixs: or tcp: of module ctl"

func maxDatagram(a address) int {
	if a.isFile() {
		return maxUnixgramReply
	}
	return maxUDPReply
}

// servePackets opens the socket and starts the workers. A datagram over the limit is
// answered with oversized.
func servePackets(ctx context.Context, addr string, a address, opts Options, handle packetHandler, oversized []byte) (*Carrier, error) {
	conn, guard, err := listenPacket(ctx, a, opts)
	if err != nil {
		return nil, err
	}
	if sized, ok := conn.(interface{ SetWriteBuffer(int) error }); ok {
		_ = sized.SetWriteBuffer(2 * opts.MaxReply) // the default takes most replies as well
	}
	c := newCarrier(ctx, addr, opts,
		func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) },
		func() { conn.Close(); guard.remove() })
	for range opts.Workers {
		c.wg.Go(func() { c.packetWorker(conn, handle, oversized) })
	}
	return c, nil
}

// packetWorker answers one datagram after the other. The kernel's queue is the only one.
func (c *Carrier) packetWorker(conn net.PacketConn, handle packetHandler, oversized []byte) {
	buf := make([]byte, c.opts.MaxRequest+1)
	for {
		n, from, err := conn.ReadFrom(buf)
		if c.closing() {
			return
		}
		if err != nil {
			c.refuse("a datagram client", err)
			time.Sleep(10 * time.Millisecond) // a lasting error must not spin
			continue
		}
		c.answerPacket(conn, from, c.packetReply(buf[:n], from, handle, oversized))
	}
}

func (c *Carrier) packetReply(packet []byte, from net.Addr, handle packetHandler, oversized []byte) []byte {
	if len(packet) > c.opts.MaxRequest {
		c.refuse(peerName(from), ErrTooLarge)
		return oversized
	}
	ctx, cancel := c.commandContext(peerName(from))
	defer cancel()
	reply, err := handle(ctx, packet)
	if err != nil {
		c.refuse(peerName(from), err)
		return reply
	}
	c.requests.Add(1)
	return reply
}

func (c *Carrier) answerPacket(conn net.PacketConn, to net.Addr, reply []byte) {
	if len(reply) == 0 || peerName(to) == "" {
		return
	}
	_ = conn.SetWriteDeadline(time.Now().Add(c.opts.IOTimeout))
	if _, err := conn.WriteTo(reply, to); err != nil {
		c.lose(peerName(to), err)
	}
}

// peerName is the sender's address; a socket that was not bound has none.
func peerName(a net.Addr) string {
	if a == nil {
		return ""
	}
	if u, ok := a.(*net.UnixAddr); ok && u == nil {
		return ""
	}
	return a.String()
}
