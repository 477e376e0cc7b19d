package tls

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// session is what this module keeps of a connection. It is written during the handshake only.
type session struct {
	profile *profile
	name    string // that the peer must prove, if the profile is named
	verdict verdict
}

var errNoProfile = errors.New("tls: no profile for this connection; add [server:default]")

// Server implements transport.Security.
func (s *state) Server(from flow.Flow) (transport.Terms, error) {
	r, n := s.rules.Load(), new(session)
	cfg := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		n.profile = r.forServer(from.Local.Addr, hello.ServerName)
		if n.profile == nil {
			return nil, errNoProfile
		}
		return n.config(), nil
	}}
	return transport.Terms{Config: cfg, Note: n}, nil
}

// config is the profile's for this one connection.
func (n *session) config() *tls.Config {
	cfg := n.profile.config.Clone()
	cfg.VerifyConnection = n.check
	return cfg
}

// Client implements transport.Security.
func (s *state) Client(f flow.Flow) (transport.Terms, error) {
	var to flow.Peer
	if f.Peer != nil {
		to = *f.Peer
	}
	n := &session{profile: s.rules.Load().forClient(f.Remote, to.ServerName, to.ServerID)}
	n.name = firstOf(to.ServerName, n.profile.serverName, to.Host)
	cfg := n.config()
	cfg.ServerName = n.name
	if n.name == "" {
		n.name = f.Remote.Addr().String()
	}
	return transport.Terms{Config: cfg, Note: n}, nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// Identity implements transport.Security: connections whose peer had to prove a name are for that name.
func (s *state) Identity(f flow.Flow) string {
	p := s.rules.Load().forClient(f.Remote, f.Peer.ServerName, f.Peer.ServerID)
	id := ""
	if p.named {
		id = firstOf(f.Peer.ServerName, p.serverName, f.Peer.Host)
	}
	if s.byDomain {
		id += "\x00" + f.Peer.ServerName + "\x00" + f.Peer.ServerID
	}
	return id
}

// check looks at the peer's certificate. It is called once in each handshake.
func (n *session) check(cs tls.ConnectionState) error {
	if len(cs.PeerCertificates) == 0 {
		return nil // tls.RequireAnyClientCert has seen to it
	}
	var err error
	n.verdict, err = n.profile.judge(cs.PeerCertificates)
	if err == nil && n.profile.named {
		err = isFor(cs.PeerCertificates[0], n.name)
	}
	if err != nil && n.profile.peer >= peerOptional {
		return fmt.Errorf("tls: certificate of the peer: %w", err)
	}
	return nil
}
