package tm

import (
	"github.com/moonroute/moonroute/core/route"
)

// sendFrom sends the branches from an index on. One that cannot be sent makes room for a further one, to the next
// address of its next hop.
func (t *Transaction) sendFrom(m *route.Message, from int) int {
	sent, rc := 0, failed
	for i := from; i < len(t.branches); i++ {
		b := t.branches[i]
		if b.is(branchUnsent) || b.status != 0 {
			continue
		}
		if t.table.env.Script.Has(route.OnSendRoute) {
			t.onSend(m, &route.Outgoing{Flow: b.flow, URI: b.URI, Path: b.Target.Path}, b.index, b.sent)
		}
		switch err := b.send(); {
		case err == nil:
			sent++
		case b.successor() != nil: // its turn comes
		case b.failLater():
			sent++
		default:
			rc = errDelivery
		}
	}
	if sent > 0 {
		return ok
	}
	return rc
}

// onSend runs the script's onsend route for a message that is about to leave.
func (t *Transaction) onSend(m *route.Message, out *route.Outgoing, branch int, data []byte) {
	t.table.env.Script.Run(&route.Call{Kind: route.OnSendRoute, Message: m, Branch: branch, Out: out, Data: data})
}

// send puts the branch's request on the wire. It may let go of the shard while a connection is opened.
func (b *Branch) send() error {
	t := b.t
	err := errBlocked
	if !b.blocked() {
		err = t.table.env.Sender.SendRequest(b.flow, b.sent, b.mode, b.onSendFailure())
	}
	switch {
	case t.has(isDead):
		return nil // an operator has ended it meanwhile
	case err != nil:
		b.state |= branchUnsent | branchRefused
		return err
	}
	t.tell(RequestOut, b.index, 0, nil, b.sent)
	b.startTimers()
	return nil
}

// onSendFailure is what a failure that shows later leads to; datagrams have none.
func (b *Branch) onSendFailure() func(error) {
	if !b.flow.Proto.Reliable() {
		return nil
	}
	t := b.t
	return func(error) {
		t.table.env.Post(t.call, func() { b.sendFailed() })
	}
}

// resend repeats the request, timers A and E.
func (b *Branch) resend() {
	if err := b.t.table.env.Sender.Send(b.flow, b.sent, b.mode, nil); err == nil {
		b.t.tell(RequestOut, b.index, 0, nil, b.sent)
	}
}
