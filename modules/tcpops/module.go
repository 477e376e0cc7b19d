// Package tcpops lets scripts look at stream connections, keep them alive, close them and hear of their end.
package tcpops

import (
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the tcpops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "tcpops",
	Doc:  "Operations on the stream connections of SIP: probes, lifetimes, their end, and which one a request leaves by.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.IntParam("closed_event", 1, func(s *state) *int { return &s.closedEvent }, "1 raises the events for every connection, 0 for those of tcp_enable_closed_event only"),
		kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for the events"),
	},
	Funcs: kemi.NeedMessage(kemi.Funcs[state]{
		{Name: "tcp_keepalive_enable", Args: "idle int, count int, interval int", Returns: kemi.Code, Call: (*state).keepAlive, Doc: "has the system probe the peer of the message after idle seconds of silence, count times, interval seconds apart"},
		{Name: "tcp_keepalive_enable_cid", Args: "conid int, idle int, count int, interval int", Returns: kemi.Code, Call: (*state).keepAliveOf, Doc: "tcp_keepalive_enable for a connection by its number"},
		{Name: "tcp_keepalive_disable", Returns: kemi.Code, Call: (*state).noKeepAlive, Doc: "ends the probes"},
		{Name: "tcp_keepalive_disable_cid", Args: "conid int", Returns: kemi.Code, Call: (*state).noKeepAliveOf, Doc: "ends the probes of a connection by its number"},
		{Name: "tcp_set_connection_lifetime", Args: "seconds int", Returns: kemi.Code, Call: (*state).lifetime, Doc: "how long the connection of the message may be idle"},
		{Name: "tcp_set_connection_lifetime_cid", Args: "conid int, seconds int", Returns: kemi.Code, Call: (*state).lifetimeOf, Doc: "tcp_set_connection_lifetime for a connection by its number"},
		{Name: "tcp_enable_closed_event", Returns: kemi.Code, Call: (*state).watch, Doc: "raises an event when the connection of the message ends"},
		{Name: "tcp_enable_closed_event_cid", Args: "conid int", Returns: kemi.Code, Call: (*state).watchOf, Doc: "tcp_enable_closed_event for a connection by its number"},
		{Name: "tcp_conid_alive", Args: "conid int", Returns: kemi.Code, Call: (*state).alive, Doc: "1 if there is a connection with the number, else -1"},
		{Name: "tcp_conid_state", Args: "conid int", Returns: kemi.Code, Call: (*state).connState, Doc: "1 for a connection that is open, 3 for one that is being opened, -1 if there is none"},
		{Name: "tcp_con_alive", Args: "peer str", Returns: kemi.Code, Call: (*state).peerAlive, Doc: "1 if there is a connection to proto:ip:port, else -1"},
		{Name: "tcp_get_conid", Args: "peer str, pv str", Returns: kemi.Code, Call: (*state).connTo, Doc: "writes the number of the connection to proto:ip:port into a variable; -1 if there is none"},
		{Name: "tcp_close_connection", Returns: kemi.Code, Call: (*state).close, Doc: "closes the connection of the message"},
		{Name: "tcp_close_connection_id", Args: "conid int", Returns: kemi.Code, Call: (*state).closeOf, Doc: "closes a connection by its number"},
		{Name: "tcp_set_otcpid", Args: "conid int", Returns: kemi.Code, Call: (*state).setOut, Doc: "names the connection that the request leaves by, once tcp_set_otcpid_flag asks for that; 0: none"},
		{Name: "tcp_set_otcpid_flag", Args: "mode int", Returns: kemi.Code, Call: (*state).setOutFlag, Doc: "1: a request that is relayed with a transaction, over a stream, leaves by the connection that tcp_set_otcpid named or that its contact registered over, if that is alive; 0 undoes it"},
	}, kemi.Int(-1)),

	Vars: kemi.Vars[state]{{
		Name: "tcp", Named: true, Parse: parseKey, Get: get,
		Doc: "c_si and c_sp are the address and port of the load balancer that passes the message's connection on (tcp_accept_haproxy); an empty text and 0 without one, null without a connection",
	}},
	Events: []kemi.Event{
		{Name: "tcp:closed", Param: "event_callback", Doc: "a connection was closed; $conid, $si and $sp tell which"},
		{Name: "tcp:timeout", Param: "event_callback", Doc: "a connection was idle for its lifetime"},
		{Name: "tcp:reset", Param: "event_callback", Doc: "a connection was reset by the peer"},
	},
})

type state struct {
	closedEvent int
	callback    string
	server      *kemi.Server
}

// Start begins to watch for connections that end, if the script wants to know.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.callback != "" {
		if set := s.set(); set != nil {
			set.OnClosed(s)
		}
	}
	return nil
}

// set has the connections; nil with a fake network.
func (s *state) set() *transport.Set { return s.server.Core.Transports() }
