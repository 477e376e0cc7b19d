package tm

import (
	"github.com/moonroute/moonroute/core/route"
)

// sendFrom sends the branches from an index on.
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
		if err := b.send(); err != nil {
			rc = errDelivery
			continue
		}
		sent++
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

// send puts the branch's request on the wire, at the next address if the first cannot be sent to.
// It may let go of the shard while a connection is opened.
func (b *Branch) send() error {
	t := b.t
	for {
		err := b.sendThere()
		if t.has(isDead) {
			return nil // an operator has ended it meanwhile
		}
		if err == nil {
			t.tell(RequestOut, b.index, 0, nil, b.sent)
			b.startTimers()
			return nil
		}
		if !b.nextAddress() {
			b.state |= branchUnsent
			return err
		}
	}
}

// sendThere sends to the branch's present address.
func (b *Branch) sendThere() error {
	if b.blocked() {
		return errBlocked
	}
	return b.t.table.env.Sender.SendRequest(b.flow, b.sent, b.mode, b.onSendFailure())
}

// onSendFailure is what a failure that shows later leads to; datagrams have none.
func (b *Branch) onSendFailure() func(error) {
	if !b.flow.Proto.Reliable() {
		return nil
	}
	t, to := b.t, b.flow.Remote
	return func(error) {
		t.table.env.Post(t.call, func() { b.sendFailed(to) })
	}
}

// resend repeats the request, timers A and E.
func (b *Branch) resend() {
	if err := b.t.table.env.Sender.Send(b.flow, b.sent, b.mode, nil); err == nil {
		b.t.tell(RequestOut, b.index, 0, nil, b.sent)
	}
}
