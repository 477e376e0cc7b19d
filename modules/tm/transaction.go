package tm

import (
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) newtran(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if !c.Msg.IsRequest {
		return badMessage
	}
	return kemi.Int(c.Shard.TM.New(c.Msg))
}

func (s *state) checkTrans(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Msg.ReadHeaders(true)
	return kemi.Int(c.Shard.TM.Check(c.Msg))
}

func (s *state) lookupRequest(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Msg.ReadHeaders(true)
	return verdict(c.Shard.TM.Known(c.Msg) != nil)
}

func (s *state) lookupCancel(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg.Method != sip.MethodCancel || !c.Msg.IsRequest {
		return no
	}
	t := c.Shard.TM.Canceled(c.Msg)
	if t != nil && a.Len() > 0 && a.Int(0)&1 != 0 {
		c.Msg.Flags |= t.Flags()
	}
	return verdict(t != nil)
}

func (s *state) release(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if t := tm.Of(c.Msg); t != nil {
		t.Release()
	}
	return yes
}

func (s *state) clean(*kemi.Ctx, *kemi.Args) kemi.Value { return yes }

func (s *state) reply(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t == nil {
		return no
	}
	code, reason := a.Int(0), a.Str(1)
	if v := s.srv.TM.Get(); code == 0 { // nil, or a text that is no number
		code = v.DefaultCode
		if reason == "" {
			reason = v.DefaultReason
		}
	}
	return kemi.Int(t.Reply(c.Msg, code, reason))
}

func (s *state) sendReply(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if tm.Of(c.Msg) == nil && c.Msg.IsRequest {
		if rc := c.Shard.TM.New(c.Msg); rc <= 0 {
			return kemi.Int(rc)
		}
	}
	return s.reply(c, a)
}

func (s *state) replyError(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t == nil {
		return no
	}
	f := c.Msg.Failure
	if f.Code == 0 {
		f.Code, f.Reason, f.Detail = 500, "I'm terribly sorry, server error occurred", "1"
	}
	return kemi.Int(t.Reply(c.Msg, f.Code, f.Reason+" ("+f.Detail+"/TM)"))
}

func (s *state) retransmit(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t == nil {
		return no
	}
	return kemi.Int(t.Retransmit())
}

func (s *state) saveLumps(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t == nil {
		return no
	}
	t.SaveEdits(c.Msg)
	return yes
}

func (s *state) loadContacts(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Int(c.Shard.TM.LoadContacts(c.Msg, a.Len() > 0 && a.Int(0) != 0))
}

func (s *state) nextContacts(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Int(c.Shard.TM.NextContacts(c.Msg))
}

func (s *state) nextFlow(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Int(c.Shard.TM.NextContactFlow(c.Msg))
}
