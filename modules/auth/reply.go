package auth

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// reply answers the request in hand and tells whether that worked. An ACK is never answered (RFC 3261 17).
func (s *state) reply(c *kemi.Ctx, code int, reason string) bool {
	m := c.Msg
	if !m.IsRequest || m.Method == sip.MethodAck {
		return false
	}
	if t := tm.Of(m); t != nil && s.stateless == 0 {
		return t.Reply(m, code, reason) > 0
	}
	if err := c.Server.Core.ReplyStateless(m, code, reason); err != nil {
		c.Log(log.Err, "auth", "reply: "+err.Error())
		return false
	}
	return true
}
