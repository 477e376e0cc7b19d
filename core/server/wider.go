package server

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/tm"
)

// Wider implements tm.Widener: a request above the limit leaves over a stream, from the same address if that has a
// socket for it (RFC 3261 18.1.1; udp_mtu, udp_mtu_try_proto).
func (s *Server) Wider(f flow.Flow, size int) (wider flow.Flow, ok bool) {
	if s.opt.UDPLimit <= 0 || size <= s.opt.UDPLimit || f.Proto != flow.UDP || s.opt.LongProto == flow.None {
		return flow.Flow{}, false
	}
	local := s.socketFor(s.opt.LongProto, f.Local, f.Remote)
	if local == nil {
		return flow.Flow{}, false
	}
	return flow.Flow{Proto: s.opt.LongProto, Local: local, Remote: f.Remote}, true
}

// widener is nil where no request is too long.
func (s *Server) widener() tm.Widener {
	if s.opt.UDPLimit <= 0 || s.opt.LongProto == flow.None {
		return nil
	}
	return s
}
