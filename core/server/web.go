package server

import (
	"errors"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/web"
)

// ServeHTTP has a receiver take the HTTP requests that come on the stream sockets of SIP. Without it
// they are dropped. It is set before Start.
func (s *Server) ServeHTTP(r transport.Receiver) {
	s.http = r
	if s.set != nil {
		s.set.AcceptHTTP()
	}
}

// ServeHandshakes has a receiver take the HTTP requests on the sockets that are WebSocket's alone. It is
// set before Start.
func (s *Server) ServeHandshakes(r transport.Receiver) {
	s.handshakes = r
	if s.set != nil {
		s.set.AcceptHTTP()
	}
}

// UpgradeHTTP answers the HTTP request in hand and goes on in WebSocket on its connection.
func (s *Server) UpgradeHTTP(m *route.Message, r web.Response, w transport.WebSocket) error {
	switch {
	case !web.InHand(m) || s.set == nil:
		return ErrNotHTTP
	case web.Answered(m):
		return ErrAnswered
	}
	web.MarkAnswered(m)
	r.Server, r.Upgrade = s.opt.ServerHeader, true
	var err error
	withDraft(route.Outgoing{}, func(d *draft) {
		d.data = r.Append(d.data, m)
		err = s.set.Upgrade(m.Flow.Conn, d.data, w)
	})
	return err
}

// NextID numbers a message that is made of one of another protocol.
func (s *Server) NextID() uint64 { return s.nextID.Add(1) }

// receiveHTTP hands an HTTP message on.
func (s *Server) receiveHTTP(p transport.Packet, c transport.Carrier) (relieved bool) {
	to := s.http
	if p.Flow.Local != nil && p.Flow.Local.Proto.WebSocket() {
		to = s.handshakes
	}
	if to == nil {
		s.Stats.NotSIP.Add(1)
		return false
	}
	return to.Receive(p, c)
}

// Errors of ReplyHTTP.
var (
	ErrNotHTTP     = errors.New("server: the message in hand is no HTTP request")
	ErrAnswered    = errors.New("server: the HTTP request has been answered already")
	ErrBadResponse = errors.New("server: code, reason or content type make no HTTP response")
)

// ReplyHTTP answers the HTTP request in hand, once, over its connection. The Server header is filled in.
func (s *Server) ReplyHTTP(m *route.Message, r web.Response) error {
	switch {
	case !web.InHand(m):
		return ErrNotHTTP
	case web.Answered(m):
		return ErrAnswered
	case !r.Valid():
		return ErrBadResponse
	}
	web.MarkAnswered(m)
	r.Server = s.opt.ServerHeader
	var err error
	withDraft(route.Outgoing{}, func(d *draft) {
		d.data = r.Append(d.data, m)
		err = s.Send(m.Flow, d.data, r.Mode(m), nil)
	})
	return err
}
