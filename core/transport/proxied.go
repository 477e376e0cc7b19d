package transport

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// proxied is the step of a connection that a load balancer passes on: it tells first, in the PROXY
// protocol (version 1 or 2), whom the connection is from. A connection without that is refused, since
// anybody could claim any address else.
func (c *conn) proxied(w *wire) error {
	in := bufio.NewReader(w.in)
	header, err := proxyproto.Read(in)
	if err != nil {
		return fmt.Errorf("transport: PROXY header: %w", err)
	}
	w.in = in
	if header.Command.IsLocal() { // the load balancer itself, asking whether all is well
		return nil
	}
	source, ok := header.SourceAddr.(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("transport: PROXY header: %v is no TCP address", header.SourceAddr)
	}
	return c.set.conns.rename(c, unmap(source.AddrPort()))
}

// rename gives an accepted connection the address of the peer behind the load balancer, whose limit of
// connections it counts against from now on.
func (t *connTable) rename(c *conn, remote netip.AddrPort) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[c.id] != c {
		return ErrConnClosed
	}
	if t.accepted[remote.Addr()] >= t.tuning.Load().MaxPerPeer {
		return ErrTooManyConns
	}
	t.forgetAccepted(c.remote.Addr())
	t.accepted[remote.Addr()]++
	for _, p := range c.peers {
		t.unlink(c, p)
	}
	c.peers, c.balancer, c.remote = nil, c.remote, remote
	t.link(c, peer{proto: c.proto, remote: remote})
	return nil
}
