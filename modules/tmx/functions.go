package tmx

import (
	"strconv"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// unfit is what t_precheck_trans gives for messages that it is not meant for.
var unfit = kemi.Int(-2)

// precheckTrans never finds the same request elsewhere: the messages of a call run one after another.
func (s *state) precheckTrans(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if !c.Msg.IsRequest || c.Msg.Method == sip.MethodCancel || c.Msg.Method == sip.MethodAck {
		return unfit
	}
	return no
}

// in is the function that tells whether one of some routes runs.
func in(kinds route.Kind) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return verdict(c.Kind()&kinds != 0) }
}

func (s *state) cancelBranches(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	switch which := a.Str(0); {
	case t == nil, which != "all" && which != "others" && which != "this":
		return no
	default:
		return kemi.Int(t.CancelBranches(which))
	}
}

// byCall does something with the transaction of a Call-ID and CSeq number, in whichever shard it lives.
func byCall(c *kemi.Ctx, callID, cseq string, f func(*tm.Transaction)) bool {
	n, err := strconv.ParseUint(cseq, 10, 32)
	return err == nil && c.EachTable(func(sh *kemi.Shard) bool {
		t := sh.TM.FindCall(callID, uint32(n))
		if t != nil {
			f(t)
		}
		return t != nil
	})
}

func (s *state) cancelCallID(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return cancelCall(c, a, 0)
}

func (s *state) cancelCallIDReason(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return cancelCall(c, a, a.Int(3))
}

// cancelCall cancels an INVITE; the flag marks its transaction, for its failure route to see.
func cancelCall(c *kemi.Ctx, a *kemi.Args, code int) kemi.Value {
	flag := a.Int(2)
	return verdict(byCall(c, a.Str(0), a.Str(1), func(t *tm.Transaction) {
		if flag > 0 && flag < 32 {
			t.Mark(1 << flag)
		}
		t.Cancel(code)
	}))
}

func (s *state) replyCallID(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	rc := -1
	byCall(c, a.Str(0), a.Str(1), func(t *tm.Transaction) {
		rc = t.Answer(tm.MadeReply{Code: a.Int(2), Reason: a.Str(3)})
	})
	return kemi.Int(rc)
}

func (s *state) suspend(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Int(c.Shard.TM.Suspend(c.Msg))
}

func (s *state) continueTransaction(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	id := tm.ID{Index: uint32(a.Int(0)), Label: uint32(a.Int(1))}
	cb, rc := c.Arm(a.Str(2)), -1
	c.OnTable(id.Shard(), func(sh *kemi.Shard) {
		if t := sh.TM.Find(id); t != nil {
			rc = t.Continue(cb, "tmx:continue")
		}
	})
	return kemi.Int(rc)
}

func (s *state) drop(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t == nil {
		return no
	}
	code := 500
	if a.Len() > 0 {
		code = a.Int(0)
	}
	t.Drop(code)
	return kemi.Int(0)
}

func (s *state) flushFlags(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t != nil {
		t.FlushFlags(c.Msg)
	}
	return verdict(t != nil)
}

func (s *state) flushXFlags(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t != nil {
		t.FlushXFlags(c.Msg)
	}
	return verdict(t != nil)
}

func (s *state) reuseBranch(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	if t == nil {
		return no
	}
	return kemi.Int(t.ReuseBranch(c.Msg))
}

func (s *state) ackLocal(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	rc := -1
	byCall(c, a.Str(0), a.Str(1), func(t *tm.Transaction) { rc = t.AcknowledgeAnswer(a.Str(2), a.Str(3)) })
	return kemi.Int(rc)
}
