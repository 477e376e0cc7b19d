package rr

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// cursor walks over the values of all Route headers, across headers and commas.
type cursor struct {
	m      *route.Message
	header *sip.Header  // that holds the present value; nil past the end
	addr   sip.NameAddr // the present value
	rest   string       // what follows it in the header
	first  bool         // it is the first one of its header
}

// firstRoute goes to the first value; false if there is none, or none that can be read.
func (c *cursor) firstRoute(m *route.Message) bool {
	c.m, c.header = m, m.First(sip.HdrRoute)
	return c.header != nil && c.begin()
}

// begin reads the first value of the present header.
func (c *cursor) begin() bool {
	c.rest, c.first = c.header.Value, true
	return c.parse()
}

func (c *cursor) parse() (ok bool) {
	var err error
	c.rest, err = c.addr.Parse(c.rest)
	return err == nil
}

// next goes to the next value; false at the end, where header is nil, and at a broken one.
func (c *cursor) next() bool {
	if c.rest != "" {
		c.first = false
		return c.parse()
	}
	c.header = c.m.Next(c.header)
	return c.header != nil && c.begin()
}

// drop takes the values before the present one out of its header.
func (c *cursor) drop() {
	if c.first {
		return
	}
	from := c.m.Offset(c.header.Value)
	c.m.Edits.Delete(from, c.m.Offset(c.addr.Raw)-from)
}

// dropThis takes the present value out, and those before it.
func (c *cursor) dropThis() {
	if c.rest == "" {
		c.m.RemoveHeader(c.header)
		return
	}
	from := c.m.Offset(c.header.Value)
	c.m.Edits.Delete(from, c.m.Offset(c.rest)-from)
}

// leave goes to the next value; a header that is left behind is taken out.
func (c *cursor) leave() bool {
	if c.rest == "" {
		c.m.RemoveHeader(c.header)
	}
	return c.next()
}

// isMine tells whether a Route URI is this server, by any transport: our own Record-Route says ws for WebSocket over TLS
// too. A GRUU names a user, not a hop (RFC 5627).
func (s *state) isMine(u *sip.URI) bool {
	if u.Host == "" || u.HasParam("gr") {
		return false
	}
	if s.sockName != 0 {
		if name, ok := u.Param("sn"); ok && s.socketByName(name) != nil {
			return true
		}
	}
	port := u.PortNum
	if port == 0 {
		port = 5060
	}
	return s.srv.Core.IsMyself(u.Host, port, flow.None)
}

func protoOf(u *sip.URI) flow.Proto {
	p, _ := flow.ParseProto(u.Transport())
	return p
}

func (s *state) socketByName(name string) *flow.Socket {
	for _, sock := range s.srv.Core.Sockets() {
		if sock.Name == name && name != "" {
			return sock
		}
	}
	return nil
}

// socketOf is our socket that a Route URI names, by its own or its advertised address; nil if there is none.
func (s *state) socketOf(u *sip.URI) *flow.Socket {
	if s.sockName != 0 {
		if name, ok := u.Param("sn"); ok {
			if sock := s.socketByName(name); sock != nil {
				return sock
			}
		}
	}
	port := u.PortNum
	if port == 0 {
		port = 5060
	}
	p := protoOf(u)
	if p == flow.None {
		p = flow.UDP
	}
	for _, sock := range s.srv.Core.Sockets() {
		carries := sock.Proto.Carries(p) || p == flow.WS && sock.Proto.Carries(flow.WSS) // see isMine
		if carries && (sock.Addr.Port() == port && sip.EqualFold(sock.Host, u.Host) || advertises(sock, u.Host, port)) {
			return sock
		}
	}
	return nil
}

func advertises(sock *flow.Socket, host string, port uint16) bool {
	advertised := sock.AdvertisePort
	if advertised == 0 {
		advertised = sock.Addr.Port()
	}
	return sock.AdvertiseHost != "" && advertised == port && sip.EqualFold(sock.AdvertiseHost, host)
}
