package transport

import (
	"crypto/tls"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// Security has the certificates and rules of secured connections. Its methods are called from any
// goroutine and must not block.
type Security interface {
	// Server gives the rules for a connection that a peer has opened to a socket.
	Server(from flow.Flow) (Terms, error)
	// Client gives the rules for a connection that is opened to f.Remote; f.Peer tells who that should be.
	Client(f flow.Flow) (Terms, error)
	// Identity tells connections to one address apart: one that was opened for an identity
	// carries no message for another. With an empty one the address alone decides.
	Identity(f flow.Flow) string
	// Lifetime is how long a secured connection may be idle; 0: as long as any other.
	Lifetime() time.Duration
}

// Terms are what this server brings to a handshake.
type Terms struct {
	Config *tls.Config
	// Note is kept with the connection, see Secured. The callbacks of Config may still write
	// into it during the handshake.
	Note any
}

// Secured is what a handshake has settled. Nobody changes it any more.
type Secured struct {
	State tls.ConnectionState
	Note  any // of the Terms
}

// Secured gives what the handshake of a connection has settled; nil if there is no such
// connection, it is not secured, or its handshake has not ended.
func (s *Set) Secured(id flow.ConnID) *Secured {
	c := s.conns.get(id)
	if c == nil {
		return nil
	}
	return c.secured.Load()
}

// identity is what a connection for a flow must have been opened for.
func (s *Set) identity(f flow.Flow) string {
	if f.Peer == nil || s.opt.Security == nil || !f.Proto.Secure() {
		return ""
	}
	return s.opt.Security.Identity(f)
}
