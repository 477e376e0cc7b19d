package server

import (
	"fmt"
	"runtime/debug"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// request runs the script's request route, and answers where the script could not.
func (s *Server) request(x *slot) {
	m := &x.msg
	s.Stats.countRequest(m.Method)
	if s.onFilteredACK != nil && s.absorbed(m) {
		s.onFilteredACK(m)
		return
	}
	x.call = route.Call{Kind: route.RequestRoute, Message: m, Branch: -1}
	outcome := s.script.Run(&x.call)
	s.Stats.countBadURIs(m)
	table := s.tables[x.shard]
	if outcome == route.Failed && !m.Method.Has(sip.MethodAck) {
		s.answerFailed(x)
	}
	table.AfterRequest(m)
}

// absorbed tells whether a message is the ACK of a stateless reply, which ends here, and counts it.
func (s *Server) absorbed(m *route.Message) bool {
	own := m.IsRequest && m.Method.Has(sip.MethodAck) && s.ownStatelessACK(m)
	if own {
		s.Stats.AbsorbedACKs.Add(1)
	}
	return own
}

// OnFilteredACK tells f of each ACK of a stateless reply, inside its shard. It is set before Start.
func (s *Server) OnFilteredACK(f func(m *route.Message)) { s.onFilteredACK = f }

// OnReply shows f each reply before all others, inside the shard of that number. One that f takes for its own
// (true) goes no further. It is set before Start.
func (s *Server) OnReply(f func(shard int, m *route.Message) bool) { s.onReply = f }

// answerFailed gives the peer of a request whose route failed its 500, if nothing has been sent for it.
func (s *Server) answerFailed(x *slot) {
	m := &x.msg
	if s.tables[x.shard].ReplyIfPending(m, 500, "Server Internal Error") || m.Handled {
		return
	}
	if err := s.ReplyStateless(m, 500, "Server Internal Error"); err != nil {
		s.log.Warning("<core>", "500 for a failed route: "+err.Error())
	}
}

// reply runs the script's reply route and passes the reply to its transaction, or on without one.
func (s *Server) reply(x *slot) {
	m := &x.msg
	s.Stats.countReply(m)
	if s.onReply != nil && s.onReply(x.shard, m) {
		return
	}
	if s.script.Has(route.CoreReplyRoute) {
		x.call = route.Call{Kind: route.CoreReplyRoute, Message: m, Branch: -1}
		s.script.Run(&x.call)
		s.Stats.countBadURIs(m)
		if m.Dropped {
			s.Stats.DroppedReplies.Add(1)
			return
		}
	}
	if s.tables[x.shard].Reply(m) {
		return
	}
	if err := s.ForwardReply(m); err != nil {
		s.Stats.DroppedReplies.Add(1)
	}
}

// internalError keeps the server alive when a job meets a mistake in this program: the job
// (one message, one timer) is lost, the log has the place, the shard goes on.
func (s *Server) internalError(v any) {
	s.Stats.Panics.Add(1)
	s.log.Error("<core>", fmt.Sprintf("internal error, one message or timer is lost: %v\n%s", v, debug.Stack()))
}
