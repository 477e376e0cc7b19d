package tm

import "github.com/moonroute/moonroute/core/route"

// ReplyIfPending answers for a route that failed, unless its request was relayed, suspended or
// answered already. It tells whether there is a transaction, which then takes care of the request.
func (tb *Table) ReplyIfPending(m *route.Message, code int, reason string) bool {
	t := Of(m)
	if t == nil {
		return false
	}
	if !t.has(isRelayed|isSuspended) && t.server.status < 200 && t.delayed == 0 {
		t.Reply(m, code, reason)
	}
	return true
}

// WillAnswer tells whether the transaction of the message answers by itself once the route has
// ended, because its relaying failed.
func WillAnswer(m *route.Message) bool {
	t := Of(m)
	return t != nil && t.delayed != 0
}
