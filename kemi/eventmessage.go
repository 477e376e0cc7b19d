package kemi

import (
	"net/netip"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// eventRequest is the message that a timer's function has in hand.
const eventRequest = "OPTIONS sip:event@moonroute.invalid SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKevent\r\n" +
	"From: <sip:event@moonroute.invalid>;tag=event\r\n" +
	"To: <sip:event@moonroute.invalid>\r\n" +
	"Call-ID: event\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"

// EventMessage is a request for events that are about none, such as timers: the incumbent has
// a made-up one in hand there too, so that functions which need a message work. It is new
// each time, with no variables yet, and seems to come from this machine.
func (s *Server) EventMessage(sh *Shard) (*route.Message, error) {
	received, err := sip.Parse(eventRequest)
	if err != nil {
		return nil, err
	}
	m := new(route.Message)
	m.Begin(received)
	m.Received, m.Shard, m.Faked = s.Clock.Now(), sh.ID, true
	m.Flow = flow.Flow{Proto: flow.UDP, Remote: netip.MustParseAddrPort("127.0.0.1:5060")}
	if sockets := s.Core.Sockets(); len(sockets) > 0 {
		m.Flow.Local, m.Flow.Proto = sockets[0], sockets[0].Proto
	}
	return m, nil
}
