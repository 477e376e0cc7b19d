// Package websocket lets clients speak SIP and MSRP over WebSocket (RFC 7118, RFC 7977).
package websocket

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the websocket module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "websocket",
	Doc: "SIP and MSRP over WebSocket. On the TCP and TLS ports of SIP the script takes the handshake, an HTTP request, in xhttp:request by `handle_handshake`; " +
		"sockets of their own (`listen=ws:…`, `listen=wss:…`) take it without a script. Each message of WebSocket is one of SIP or MSRP.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
	RPC:    commands,
	Vars: kemi.Vars[state]{
		{Name: "ws_conid", Get: connID, Doc: "the number of the connection that the message came over; 0 for UDP"},
	},
	Stats:  statistics,
	Events: []kemi.Event{{Name: eventClosed, Param: "event_callback", Doc: "a connection has ended; the message in hand is made up and seems to come from it"}},
})

const eventClosed = "websocket:closed"

// The bits of parameter sub_protocols.
const (
	subSIP = 1 << iota
	subMSRP
)

// state is the module in one server.
type state struct {
	server *kemi.Server
	set    *transport.Set // nil with a fake network
	stats  counters
	off    atomic.Bool // by ws.disable

	mechanism, idle, interval, processes, timer int
	closeWait, verbose, subs, cors              int
	pingData, callback                          string

	mu      sync.Mutex
	pinged  map[flow.ConnID]bool // those that owe a Pong
	stopped bool
	running sync.WaitGroup // events that the script is told of
}

var params = kemi.Params[state]{
	kemi.IntParam("keepalive_mechanism", 1, func(s *state) *int { return &s.mechanism }, "what is sent on an idle connection: 0 nothing, 1 a Ping, whose Pong must come within one more keepalive_timeout, 2 a Pong"),
	kemi.IntParam("keepalive_timeout", 180, func(s *state) *int { return &s.idle }, "seconds after which a connection is idle; tcp_connection_lifetime must be longer for it to matter"),
	kemi.StrParam("ping_application_data", "", func(s *state) *string { return &s.pingData }, "what a Ping carries, 125 bytes at most; empty: the server's name"),
	kemi.IntParam("sub_protocols", subSIP|subMSRP, func(s *state) *int { return &s.subs }, "sum of what may be spoken: 1 SIP, 2 MSRP (if module msrp serves it)"),
	kemi.IntParam("cors_mode", 0, func(s *state) *int { return &s.cors }, "Access-Control-Allow-Origin in the answer to a handshake: 0 none, 1 *, 2 the request's Origin").Within(0, 2),
	kemi.IntParam("keepalive_interval", 1, func(s *state) *int { return &s.interval }, "seconds between two looks for idle connections"),
	kemi.IntParam("keepalive_processes", 1, func(s *state) *int { return &s.processes }, "0: do not look for idle connections; more than one makes no difference"),
	kemi.IntParam("timer_interval", 1, func(s *state) *int { return &s.timer }, "accepted; closed connections are forgotten at once"),
	kemi.IntParam("rm_delay_interval", 5, func(s *state) *int { return &s.closeWait }, "seconds that a client has to answer a Close before its connection is cut"),
	kemi.IntParam("verbose_list", 0, func(s *state) *int { return &s.verbose }, "accepted; ws.dump shows the same either way"),
	kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for closed connections"),
}

// errPingData says that a Ping has no room for what it should carry.
var errPingData = errors.New("ping_application_data: at most 125 bytes")

// Start begins to take handshakes.
func (s *state) Start(server *kemi.Server) error {
	s.server, s.set = server, server.Core.Transports()
	s.pinged = map[flow.ConnID]bool{}
	if s.pingData == "" {
		s.pingData = serverName(server.Settings.ServerHeader)
	}
	if len(s.pingData) > maxControl {
		return errPingData
	}
	if s.set == nil {
		return nil
	}
	server.Core.ServeHandshakes(handshakes{s})
	server.Go(s.keepAlive)
	return nil
}

// Close waits until the script has heard of what it is being told; connections that end later are not its business.
func (s *state) Close() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.running.Wait()
}

// begin tells whether the script may still be told of an event; then running.Done ends it.
func (s *state) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.running.Add(1)
	return true
}
