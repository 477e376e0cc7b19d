// Package tls has the certificates, rules and variables of secured connections.
package tls

import (
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the tls module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "tls",
	Doc:    "SIP and MSRP over TLS: certificates and rules by profile, and what scripts and operators see of secured connections.",
	New:    newState,
	Params: params,
	Funcs:  functions,
	RPC:    commands,
	Vars:   variables(),
	Stats:  statistics,
	Events: []kemi.Event{{Name: eventOut, Param: "event_callback", Doc: "a connection is about to be opened for the message in hand; after KSR.x.drop() the message is not sent"}},
})

const eventOut = "tls:connection-out"

// state is the module in one server.
type state struct {
	server    *kemi.Server
	rules     atomic.Pointer[rules]
	base      settings // what the module parameters say
	config    string
	newConfig atomic.Pointer[string] // in its place, since cfg.set
	callback  string
	xavp      string
	sessions  int

	lifetime kemi.LiveInt
	inert    inert
	byDomain bool // tls_connection_match_domain
}

func newState() *state { return &state{base: settings{depth: defaultDepth}} }

// Start loads the profiles, if the configuration turns TLS on.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	s.offerSettings()
	cfg := server.Config
	if !cfg.Bool("enable_tls", false) || cfg.Bool("disable_tls", false) {
		return nil
	}
	s.byDomain = cfg.Bool("tls_connection_match_domain", false)
	r, err := s.load()
	if err != nil {
		return err
	}
	s.rules.Store(r)
	server.Core.OnSecureHop(s.hop)
	return nil
}

// Security implements kemi.Securer.
func (s *state) Security() transport.Security { return s }

// set are the transports; nil with a network that is not real.
func (s *state) set() *transport.Set { return s.server.Core.Transports() }

// Lifetime implements transport.Security.
func (s *state) Lifetime() time.Duration {
	if n := s.lifetime.Get(); n >= 0 {
		return time.Duration(n) * time.Second
	}
	return forever
}

// forever is what connection_timeout -1 means.
const forever = 100 * 365 * 24 * time.Hour
