package server

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/sip"
)

// lookupTime is how long a name may take to resolve, with all its records: about as long as a client repeats its request.
const lookupTime = 20 * time.Second

// targetsOf gives a shard's transactions their next hops.
type targetsOf struct {
	s   *Server
	sh  *shard.Shard
	one *[1]flow.Flow // room for the answer to a literal address; nil: make it each time
}

// Targets is the ways to the host of a URI, best first, each with the socket to send from.
// A literal address does not block; for a name the shard is let go while it is looked up.
// The list is good until the shard asks again.
func (t targetsOf) Targets(uri string, sock *flow.Socket, m *route.Message) ([]flow.Flow, error) {
	hop, err := t.s.nextHop(uri)
	if err != nil {
		return nil, err
	}
	if m != nil && m.UseConn {
		if f, alive := t.s.overConnection(m.Target.Conn); alive && hop.Proto.Reliable() {
			return []flow.Flow{f}, nil
		}
	}
	return t.targets(hop, sock, m)
}

func (t targetsOf) targets(hop resolve.Hop, sock *flow.Socket, m *route.Message) ([]flow.Flow, error) {
	if addr, err := netip.ParseAddr(hop.Host); err == nil {
		f, err := t.s.way(hop.Proto, netip.AddrPortFrom(addr, hop.Port), sock, m)
		if err != nil {
			return nil, err
		}
		if t.one == nil {
			return t.secure([]flow.Flow{f}, "", m)
		}
		t.one[0] = f
		return t.secure(t.one[:], "", m)
	}
	ways, err := t.lookup(hop, sock, m)
	if err != nil {
		return nil, err
	}
	return t.secure(ways, hop.Host, m)
}

// DefaultSocket implements tm.Targets.
func (t targetsOf) DefaultSocket(p flow.Proto, to netip.AddrPort) *flow.Socket {
	return t.s.socketFor(p, nil, to)
}

func (t targetsOf) lookup(hop resolve.Hop, sock *flow.Socket, m *route.Message) ([]flow.Flow, error) {
	found, ok, err := t.s.resolver.Cached(hop)
	if !ok {
		found, err = t.ask(hop)
	}
	if err != nil {
		return nil, err
	}
	ways := make([]flow.Flow, 0, len(found))
	for _, target := range found {
		f, e := t.s.way(target.Proto, target.Addr, sock, m)
		if e != nil {
			err = e
			continue
		}
		if f.Proto.Secure() {
			f.Peer = &flow.Peer{Host: hop.Host} // who the certificate has to name (RFC 5922 4)
		}
		ways = append(ways, f)
	}
	if len(ways) == 0 {
		return nil, fmt.Errorf("%w: no address of %s", err, hop.Host)
	}
	return ways, nil
}

// ask lets go of the shard while the DNS answers. The other calls of the shard never wait for that: where as many
// jobs as may have let go of it, the name counts as one without addresses.
func (t targetsOf) ask(hop resolve.Hop) (found []resolve.Target, err error) {
	if t.sh.Crowded() {
		t.s.Stats.LookupsRefused.Add(1)
		return nil, fmt.Errorf("%w: too many requests wait already: %s", ErrNoTarget, hop.Host)
	}
	t.sh.Wait(func() {
		ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
		defer cancel()
		found, err = t.s.resolver.Lookup(ctx, hop)
	})
	return found, err
}

// ParseURI reads a URI of a message or a script, and counts one that cannot be read.
func (s *Server) ParseURI(uri string) (sip.URI, error) {
	u, err := sip.ParseURI(uri)
	if err != nil {
		s.Stats.BadURIs.Add(1)
	}
	return u, err
}

// nextHop reads protocol, host and port of the URI (RFC 3263 4.1, 4.2). An unknown transport= is taken as UDP.
func (s *Server) nextHop(uri string) (resolve.Hop, error) {
	u, err := s.ParseURI(uri)
	if err != nil {
		return resolve.Hop{}, fmt.Errorf("%w: %q: %w", ErrNoTarget, uri, err)
	}
	if u.Scheme != sip.SchemeSIP && u.Scheme != sip.SchemeSIPS || u.Host == "" {
		return resolve.Hop{}, fmt.Errorf("%w: %q", ErrBadURI, uri)
	}
	host := cmp.Or(u.Maddr(), u.Host)
	if host[0] == '[' && len(host) > 2 {
		host = host[1 : len(host)-1]
	}
	p, known := flow.ParseProto(u.Transport())
	if !known {
		p = flow.UDP
	}
	if u.Scheme == sip.SchemeSIPS {
		p = secured(p)
	}
	hop := resolve.Hop{Host: host, Port: u.PortNum, Proto: p, ProtoGiven: known || p != flow.UDP, PortGiven: u.PortNum != 0}
	if hop.Port == 0 {
		hop.Port = p.DefaultPort()
	}
	return hop, nil
}

// secured is the protocol of a sips URI that names p: ws stands for both kinds of WebSocket (RFC 7118 5.2.2), every other
// one for TLS.
func secured(p flow.Proto) flow.Proto {
	if p.WebSocket() {
		return flow.WSS
	}
	return flow.TLS
}

// way chooses the socket for an address.
func (s *Server) way(p flow.Proto, to netip.AddrPort, sock *flow.Socket, m *route.Message) (flow.Flow, error) {
	if p == flow.WS && s.set != nil {
		p = s.set.WebSocketTo(to) // URIs of both kinds say ws (RFC 7118 5.2.2)
	}
	prefer := sock
	if prefer == nil && m != nil {
		prefer = m.Flow.Local
	}
	if sock == nil && s.opt.Multihomed {
		prefer = s.homed(p, prefer, to)
	}
	local := s.socketFor(p, prefer, to)
	if local == nil {
		return flow.Flow{}, fmt.Errorf("%w: no %s socket", ErrNoSocket, p)
	}
	return flow.Flow{Proto: p, Local: local, Remote: to}, nil
}

// socketFor is the socket that a message to an address leaves from.
func (s *Server) socketFor(p flow.Proto, prefer *flow.Socket, to netip.AddrPort) *flow.Socket {
	if prefer != nil && prefer.Proto == p && prefer.Addr.Addr().Is4() == to.Addr().Is4() {
		return prefer
	}
	return s.sender.LocalSocket(p, prefer, to)
}

// Targets is the ways to a URI from outside of a transaction, for the stateless functions.
// It blocks for a name: wait around it.
func (s *Server) Targets(sh *shard.Shard, uri string, sock *flow.Socket, m *route.Message) ([]flow.Flow, error) {
	hop, err := s.nextHop(uri)
	if err != nil {
		return nil, err
	}
	return targetsOf{s: s, sh: sh}.targets(hop, sock, m)
}

// Forward relays a request without a transaction to the first address of its next hop, or
// of another URI, that takes it. It must be called inside the shard, which it may let go of
// for a name lookup.
func (s *Server) Forward(sh *shard.Shard, m *route.Message, nextHop string) error {
	err := s.forward(sh, m, nextHop)
	if err != nil {
		s.Stats.DroppedRequests.Add(1)
	}
	return err
}

func (s *Server) forward(sh *shard.Shard, m *route.Message, nextHop string) error {
	if nextHop == "" {
		nextHop = m.NextHop()
	}
	ways, err := s.Targets(sh, nextHop, m.Socket, m)
	if err != nil {
		return err
	}
	for _, way := range ways {
		if err = s.ForwardTo(sh, m, way); err == nil {
			return nil
		}
	}
	return err
}

// overConnection is the way over a connection that is named; false if it has ended.
func (s *Server) overConnection(id flow.ConnID) (flow.Flow, bool) {
	if s.set == nil || id == 0 {
		return flow.Flow{}, false
	}
	return s.set.FlowOf(id)
}
