package xhttp

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/web"
	"github.com/moonroute/moonroute/kemi"
)

// request is the turn of one request in its shard.
type request struct {
	*state
	msg *route.Message
}

// Receive implements transport.Receiver. The requests of a connection run one after the other, so that
// their answers keep the order (RFC 9112 9.3.2).
func (s *state) Receive(p transport.Packet, c transport.Carrier) (relieved bool) {
	m, err := web.Message(p.Data, p.Flow)
	if err != nil {
		s.server.Log.Once("xhttp "+p.Flow.Remote.Addr().String(), log.Warn, "xhttp", "HTTP from "+p.Flow.Remote.String()+" dropped: "+err.Error())
		return false
	}
	shards := s.server.Shards()
	m.CallHash = uint64(p.Flow.Conn)<<1 | 1
	m.Shard = int(uint64(p.Flow.Conn) % uint64(len(shards)))
	m.ID, m.Received = s.server.Core.NextID(), s.server.Clock.Now()
	accepted, relieved := shards[m.Shard].Submit(m.CallHash, request{s, m}, c)
	if !accepted {
		s.answer(m, 503, "Service Unavailable")
	}
	return relieved
}

// Run implements shard.Job.
func (r request) Run() {
	if !r.wanted() {
		r.answer(r.msg, 404, "Not Found")
		return
	}
	outcome := r.server.Raise(r.server.Shards()[r.msg.Shard], r.callback, eventRequest, r.msg)
	switch {
	case web.Answered(r.msg):
	case outcome == route.Failed:
		r.answer(r.msg, 500, "Internal Server Error")
	default:
		r.answer(r.msg, 404, "Not Found")
	}
}

// wanted tells whether the parameters leave the URL to the script.
func (r request) wanted() bool {
	url := r.msg.RequestURI
	return (r.match == nil || r.match.MatchString(url)) && (r.skip == nil || !r.skip.MatchString(url))
}

// answer is what the client gets when no script does it.
func (s *state) answer(m *route.Message, code int, reason string) {
	if err := s.server.Core.ReplyHTTP(m, web.Response{Code: code, Reason: reason}); err != nil {
		s.server.Log.Debug("xhttp", err.Error())
	}
}

func (s *state) reply(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	err := s.server.Core.ReplyHTTP(c.Msg, web.Response{Code: a.Int(0), Reason: a.Str(1), ContentType: a.Str(2), Body: a.Str(3)})
	if err != nil {
		c.Log(log.Err, "xhttp", "xhttp_reply: "+err.Error())
		return kemi.Int(-1)
	}
	return kemi.Int(0)
}
