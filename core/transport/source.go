package transport

import "github.com/moonroute/moonroute/core/flow"

// source is what a connection has to come from to be used. The zero value is anything.
type source struct {
	socket *flow.Socket
	port   bool // the socket itself; else any of the same address
}

func (s source) fits(c *conn) bool {
	switch {
	case s.socket == nil:
		return true
	case s.port:
		return c.local == s.socket
	}
	return c.local.Addr.Addr() == s.socket.Addr.Addr()
}

// source is that of the connections that a message may use.
func (s *Set) source(f flow.Flow, o SendOptions) source {
	if s.opt.MatchSocket || o.FromLocal {
		return source{f.Local, s.opt.MatchSocket}
	}
	return source{}
}
