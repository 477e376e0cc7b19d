package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// relayCancel cancels the INVITE that a CANCEL is for and answers the CANCEL. t is the CANCEL's own transaction.
func (tb *Table) relayCancel(t *Transaction, m *route.Message, o *RelayOptions) int {
	invite := tb.find(m, sip.MethodInvite)
	if invite == nil {
		return t.relay(m, o)
	}
	if invite.cancelByClient(m) {
		t.reply(m, 200, "canceling")
	} else {
		t.reply(m, 200, "ok -- no more pending branches")
	}
	return ok
}

// RelayCancel passes a CANCEL on if its INVITE is here (t_relay_cancel). It gives 0 if that was done, 1 if
// there is no INVITE for it, or a negative code.
func (tb *Table) RelayCancel(m *route.Message) int {
	if m.Method != sip.MethodCancel || tb.find(m, sip.MethodInvite) == nil {
		return ok
	}
	if rc := tb.Relay(m, RelayOptions{}); rc < 0 {
		return rc
	}
	return absorbed
}

// strayCancel tells whether a request is a CANCEL without an INVITE here that unmatched_cancel keeps from a transaction of its own.
func (tb *Table) strayCancel(m *route.Message) bool {
	return m.Method == sip.MethodCancel && tb.env.Params.Get().UnmatchedCancel != 0 &&
		tb.find(m, sip.MethodInvite) == nil
}

// relayStrayCancel passes such a CANCEL on without state, or drops it (unmatched_cancel 1 and 2).
func (tb *Table) relayStrayCancel(m *route.Message, o *RelayOptions) int {
	if tb.env.Params.Get().UnmatchedCancel != 1 {
		m.Handled = true
		return ok
	}
	if tb.env.Params.Get().HeadersMode&cancelLikeUAC != 0 {
		for h := m.First(sip.HdrVia); h != nil; h = m.Next(h) {
			m.RemoveHeader(h)
		}
	}
	if err := tb.forwardStateless(m, o); err != nil {
		return errDelivery
	}
	return ok
}

// cancelByClient cancels an INVITE transaction for a received CANCEL, and tells whether a branch was pending.
func (t *Transaction) cancelByClient(m *route.Message) bool {
	t.flags |= isCanceled
	t.tellRequest(CancelIn, m)
	why := new(cancelReason)
	if t.table.env.Params.Get().E2ECancelReason != 0 && !t.has(noCancelReason) {
		why.headers = reasonHeaders(m)
	}
	if t.table.env.Params.Get().E2ECancelHopByHop == 0 {
		m.Keep()
		why.request = m
	}
	if t.table.env.Params.Get().HeadersMode&copyCancelHeaders != 0 {
		why.copied = cancelHeaders(m)
	}
	if t.has(isSuspended) && t.suspend.reply == nil {
		t.resume()
	}
	if t.cancelPending(why) {
		return true
	}
	if !t.ended() && t.Invite() { // it waits for the script alone
		t.reply(t.Request(), 487, "Request canceled")
	}
	return false
}

// Bits of headers_mode.
const (
	copyCancelHeaders = 1 << iota
	cancelLikeUAC
)

// cancelHeaders are the headers of a CANCEL that one made from its INVITE does not have.
func cancelHeaders(m *route.Message) string {
	var all string
	for i := range m.Headers {
		switch h := &m.Headers[i]; h.Type {
		case sip.HdrVia, sip.HdrFrom, sip.HdrTo, sip.HdrCallID, sip.HdrCSeq, sip.HdrRoute, sip.HdrMaxForwards, sip.HdrContentLength,
			sip.HdrRequire, sip.HdrProxyRequire, sip.HdrReason:
		default:
			all += m.Raw[h.Start:h.End]
		}
	}
	return all
}

// reasonHeaders are the Reason headers of a message, whole.
func reasonHeaders(m *route.Message) string {
	var all string
	for h := m.First(sip.HdrReason); h != nil; h = m.Next(h) {
		all += m.Raw[h.Start:h.End]
	}
	return all
}
