package tm

import (
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) setFr(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Shard.TM.SetFr(c.Msg, a.Int(0), a.Int(1))
	return yes
}

func (s *state) setFrInv(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Shard.TM.SetFr(c.Msg, a.Int(0), 0)
	return yes
}

func (s *state) resetFr(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Shard.TM.ResetFr(c.Msg)
	return yes
}

func (s *state) setRetr(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Shard.TM.SetRetr(c.Msg, a.Int(0), a.Int(1))
	return yes
}

func (s *state) resetRetr(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Shard.TM.ResetRetr(c.Msg)
	return yes
}

func (s *state) setMaxLifetime(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Shard.TM.SetMaxLifetime(c.Msg, a.Int(0), a.Int(1))
	return yes
}

func (s *state) resetMaxLifetime(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Shard.TM.ResetMaxLifetime(c.Msg)
	return yes
}

func (s *state) setAuto100(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	on := a.Int(0) != 0
	c.Shard.TM.SetOption(c.Msg, tm.NoAuto100, !on)
	c.Shard.TM.SetOption(c.Msg, tm.WantAuto100, on)
	return yes
}

func (s *state) useSentHeaders(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Shard.TM.SetOption(c.Msg, tm.SentHeaders, true)
	return yes
}

// option is the function that turns a switch on or off.
func option(o tm.Option) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		c.Shard.TM.SetOption(c.Msg, o, a.Int(0) != 0)
		return yes
	}
}

func (s *state) dropReplies(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if t := tm.Of(c.Msg); t != nil {
		t.DropReplies(a.Str(0))
	}
	return yes
}

func (s *state) dropAllReplies(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if t := tm.Of(c.Msg); t != nil {
		t.DropReplies("")
	}
	return yes
}
