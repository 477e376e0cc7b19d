package kemi

import (
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// Securer is a module that has the certificates of secured connections.
type Securer interface {
	// Security is used once the module has started.
	Security() transport.Security
}

// security is what a module offers if enable_tls asks for it; nil: no secured connections.
func (s *Server) security() transport.Security {
	if !s.Config.Bool("enable_tls", false) || s.Config.Bool("disable_tls", false) {
		return nil
	}
	for _, in := range s.Registry.Modules() {
		if x, ok := in.State.(Securer); ok {
			return x.Security()
		}
	}
	return nil
}

// spoken are the protocols of a listen= line. Like the incumbent, a server without certificates starts all the
// same, without the secured sockets.
func (s *Server) spoken(l config.Listen) []flow.Proto {
	list := s.listenProtos(l.Proto)
	if list[0].Secure() && s.security() == nil {
		s.Log.Warning("<core>", l.Pos.String()+": no socket for "+l.Proto+": it needs enable_tls=yes and loadmodule \"tls.so\"")
		return nil
	}
	return list
}
