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
func (b *Branch) send() error {
	t := b.t
	for {
		if b.blocked() {
			if b.nextAddress() {
				continue
			}
			b.state |= branchUnsent
			return errBlocked
		}
		err := t.table.env.Sender.Send(b.flow, b.sent, b.mode, b.onSendFailure())
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
