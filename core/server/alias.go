package server

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
)

// acceptAlias has requests to the port that a peer names in its Via go over the connection of this request, if the
// peer asks for that (RFC 5923 6) and the configuration believes such peers. A port of another connection is not taken from it.
func (s *Server) acceptAlias(m *route.Message) {
	proto := m.Flow.Proto
	if !s.opt.AcceptAliases || s.set == nil || !m.IsRequest || proto != flow.TCP && proto != flow.TLS {
		return
	}
	via, err := m.TopVia()
	if err != nil || !via.HasAlias {
		return
	}
	port := via.PortNum
	if port == 0 {
		port = proto.DefaultPort()
	}
	_ = s.set.AddAlias(m.Flow.Conn, port) // replies find their way without it
}
