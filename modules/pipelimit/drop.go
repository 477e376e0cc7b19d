package pipelimit

import (
	"math/rand/v2"
	"strconv"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) drop(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.refuse(c, 0) }

func (s *state) dropRetry(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.refuse(c, a.Int(0)) }

func (s *state) dropRange(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	least, most := max(a.Int(0), 0), a.Int(1)
	if most <= least {
		return s.refuse(c, most)
	}
	return s.refuse(c, least+rand.IntN(most-least+1)) // it spreads peers, nobody must not guess it
}

// refuse answers the request, through its transaction if it has one. Seconds below 1 add no Retry-After.
func (s *state) refuse(c *kemi.Ctx, seconds int) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest || c.Msg.Method.Has(sip.MethodAck) {
		return no
	}
	if seconds > 0 {
		c.Msg.Answer.Headers = append(c.Msg.Answer.Headers, "Retry-After: "+strconv.Itoa(seconds)+"\r\n")
	}
	code, reason := s.code.Get(), *s.reason.Load()
	if t := tm.Of(c.Msg); t != nil {
		return kemi.Int(t.Reply(c.Msg, code, reason))
	}
	if err := s.server.Core.ReplyStateless(c.Msg, code, reason); err != nil {
		c.Log(log.Err, "pipelimit", "reply: "+err.Error())
		return no
	}
	return yes
}
