package tmx

import (
	"errors"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// getter reads one fact about the transaction in hand.
type getter = func(*kemi.Ctx) kemi.Value

func plain(get getter) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return get(c) }
}

// facts are the names of $T(name).
var facts = map[string]getter{
	"id_index": idIndex, "id_label": idLabel, "id_index_n": idIndex, "id_label_n": idLabel,
	"reply_code": replyCode, "reply_reason": replyReason, "reply_last": replyLast, "reply_type": replyType,
	"branch_index": branchIndex, "ruid": replyRUID,
}

var errName = errors.New("tmx: no such name")

func parseAbout(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if get, found := facts[inner]; found {
		return get, nil
	}
	return nil, errName
}

func (s *state) about(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(getter)(c) }

// transaction is the one that the message in hand belongs to, also before the
// transaction layer has dealt with a reply.
func transaction(c *kemi.Ctx) *tm.Transaction {
	if c.Msg == nil {
		return nil
	}
	if t := tm.Of(c.Msg); t != nil || c.Msg.IsRequest {
		return t
	}
	return c.Shard.TM.Known(c.Msg)
}

func idIndex(c *kemi.Ctx) kemi.Value {
	if t := transaction(c); t != nil {
		return kemi.Int64(int64(t.ID().Index))
	}
	return kemi.Null
}

func idLabel(c *kemi.Ctx) kemi.Value {
	if t := transaction(c); t != nil {
		return kemi.Int64(int64(t.ID().Label))
	}
	return kemi.Null
}

func branchIndex(c *kemi.Ctx) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	return kemi.Int(c.Shard.TM.BranchIndexOf(c.Msg))
}

func replyCode(c *kemi.Ctx) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	return kemi.Int(c.Shard.TM.StatusOf(c.Msg))
}

func replyReason(c *kemi.Ctx) kemi.Value {
	switch {
	case c.Msg == nil:
		return kemi.Null
	case c.IsReply():
		return kemi.Str(c.Msg.Reason)
	case !isFailure(c) || c.Call.Branch < 0:
		return kemi.Str("")
	case c.Call.Reply != nil:
		return kemi.Str(c.Call.Reply.Reason)
	}
	return kemi.Str(sip.ReasonPhrase(c.Shard.TM.StatusOf(c.Msg)))
}

func replyLast(c *kemi.Ctx) kemi.Value {
	if c.Msg == nil || !c.IsReply() {
		return kemi.Null
	}
	return kemi.Int(c.Msg.Status)
}

// replyType is 0 for a received reply and 1 for one made here.
func replyType(c *kemi.Ctx) kemi.Value {
	switch {
	case c.Msg == nil:
		return kemi.Null
	case isFailure(c) && c.Call.Reply == nil:
		return kemi.Int(1)
	}
	return kemi.Int(0)
}

func isFailure(c *kemi.Ctx) bool {
	return c.Kind()&(route.FailureRoute|route.BranchFailureRoute) != 0
}

// branchInHand is the branch that the route is about, or nil.
func branchInHand(c *kemi.Ctx) *tm.Branch {
	switch {
	case c.Msg == nil:
	case c.IsReply():
		return c.Shard.TM.BranchOf(c.Msg)
	case isFailure(c) && c.Call.Branch >= 0:
		if t := tm.Of(c.Msg); t != nil {
			return t.Branches()[c.Call.Branch]
		}
	}
	return nil
}

func replyRUID(c *kemi.Ctx) kemi.Value {
	if b := branchInHand(c); b != nil {
		return kemi.Str(b.Target.RUID)
	}
	return kemi.Str("")
}

// parseBranch reads the names of $T_branch(name); true is uri.
func parseBranch(_ *state, _ *kemi.Registry, inner string) (any, error) {
	switch inner {
	case "uri", "flags":
		return inner == "uri", nil
	}
	return nil, errName
}

func (s *state) branch(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil || !c.IsReply() {
		return kemi.Null
	}
	b := branchInHand(c)
	if b == nil {
		return kemi.Null
	}
	if a.Data.(bool) {
		return kemi.Str(b.URI)
	}
	return kemi.Int64(int64(b.Target.Flags))
}

// parseInner reads the variable that is to be looked up in another message.
func parseInner(_ *state, r *kemi.Registry, inner string) (any, error) { return r.Var(inner) }

// lookIn reads a variable in another message than the one in hand.
func lookIn(c *kemi.Ctx, m *route.Message, a *kemi.VarArgs) kemi.Value {
	if m == nil {
		return kemi.Null
	}
	other := *c
	other.Msg = m
	return a.Data.(*kemi.Variable).Get(&other)
}

func (s *state) request(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil || !c.IsReply() {
		return kemi.Null
	}
	if t := transaction(c); t != nil {
		return lookIn(c, asReceived(t.Request()), a)
	}
	return kemi.Null
}

// asReceived is a request without what the script has decided about it: the incumbent reads
// its copy of the received bytes.
func asReceived(m *route.Message) *route.Message {
	f := m.Fake()
	f.Target = route.Target{Q: route.QUnset}
	f.Edits.Reset()
	return f
}

func (s *state) reply(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if !isFailure(c) {
		return kemi.Null
	}
	return lookIn(c, c.Call.Reply, a)
}

func (s *state) invite(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest || c.Msg.Method != sip.MethodCancel {
		return kemi.Null
	}
	if t := c.Shard.TM.Canceled(c.Msg); t != nil {
		return lookIn(c, asReceived(t.Request()), a)
	}
	return kemi.Null
}
