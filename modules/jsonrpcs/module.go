// Package jsonrpcs serves the RPC commands as JSON-RPC 2.0 over a FIFO and a datagram
// socket, and lets scripts run them.
package jsonrpcs

import (
	"net/http"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the jsonrpcs module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "jsonrpcs",
	Doc:    "RPC commands as JSON-RPC 2.0 over a FIFO, a datagram socket or HTTP, and from the script.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "exec", Args: "request str", Returns: kemi.Code, Call: (*state).exec, Waits: true, Doc: "runs a JSON-RPC request; the answer is in $jsonrpl(code), $jsonrpl(text) and $jsonrpl(body)"},
		{Name: "execx", Args: "request str", Returns: kemi.Code, Call: (*state).exec, Waits: true, Doc: "runs a JSON-RPC request; KSR.jsonrpcs.response() gives the answer"},
		{Name: "response", Returns: kemi.AnyValue, Call: (*state).response, Doc: "the document that answered the last request of exec or execx; nil before the first"},
		{Name: "dispatch", Returns: kemi.Code, Call: (*state).dispatch, Waits: true, Doc: "runs the JSON-RPC request in the body of the HTTP request in hand and answers that one: 1; -1 if the message is none or its body no JSON"},
	},
	RPC:  kemi.Commands[state]{{Name: "jsonrpc.echo", Run: echo, Array: true, Doc: "answers with its parameters as they came"}},
	Vars: kemi.Vars[state]{{Name: "jsonrpl", Named: true, Parse: parseField, Get: (*state).field, Doc: "the last answer of exec or execx: code, text or body"}},
})

type state struct {
	pretty, transport int
	fifo, dgram       file
	replyDir          string
	workers, timeout  int
	tcpSocket         string
	httpSocket        string // where http listens; httpAt is the address that it got
	httpAt            string
	http              *http.Server
	srv               *kemi.Server
	json              *rpc.JSONHandler
	carriers          []*rpc.Carrier
}

// The bits of parameter transport.
const (
	overHTTP = 1 << iota
	overFIFO
	overDatagram
)

// Start opens the FIFO and the socket. A problem with a path that the configuration chose
// ends the start; without the default ones the server runs on.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	s.json = &rpc.JSONHandler{Registry: srv.RPC, Pretty: s.pretty != 0}
	if srv.Offline {
		return nil
	}
	if s.httpSocket != "" {
		if err := s.openHTTP(); err != nil {
			return err
		}
	}
	if s.wants(overFIFO) {
		if err := s.open(&s.fifo, rpc.ServeFIFO); err != nil {
			return err
		}
	}
	if s.wants(overDatagram) {
		return s.open(&s.dgram, rpc.ServeDatagram)
	}
	return nil
}

// wants tells whether the transport is on; 0 turns on all of them.
func (s *state) wants(bit int) bool { return s.transport == 0 || s.transport&bit != 0 }

// Close closes what Start opened.
func (s *state) Close() {
	s.closeHTTP()
	for _, c := range s.carriers {
		c.Close()
	}
}

func echo(_ *state, c *rpc.Call) error {
	c.Add(c.Rest(0)...)
	return nil
}
