package tm

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// RelayFlags change what t_relay does (t_relay_to_flags).
type RelayFlags int

// The flags.
const (
	No100Trying   RelayFlags = 1 << iota // send no 100 to an INVITE
	NoErrorReply                         // leave the answer for a failure to the script, if it has made the transaction before
	NoDNSFailover                        // use the first address of each next hop only
)

// RelayOptions say how to relay. The zero value is a plain t_relay.
type RelayOptions struct {
	Flags   RelayFlags
	NextHop string     // SIP URI that takes the place of each branch's own next hop
	Proto   flow.Proto // transport to force; flow.None: as the next hop says
	Replica bool       // t_replicate: replies are dropped here
	Bare    bool       // t_forward_nonack: the transaction must be there, and nothing is answered here
}

// Relay passes the request in hand on statefully (t_relay), and makes the transaction if there
// is none. It gives 1 if at least one branch was sent or the request needed no sending, else the negative
// code that the incumbent gives. It may let go of the shard.
func (tb *Table) Relay(m *route.Message, o RelayOptions) int {
	t := Of(m)
	switch {
	case m.Method == sip.MethodAck:
		return tb.relayAck(m, &o)
	case t == nil && o.Bare:
		return failed
	case t == nil && tb.strayCancel(m):
		return tb.relayStrayCancel(m, &o)
	case t == nil:
		rc := tb.New(m)
		if rc <= 0 {
			return absorbedIsDone(rc)
		}
		t = Of(m)
		o.Flags &^= NoErrorReply // as in the incumbent it counts for a transaction that is there already
	case t.request != m && !m.Faked:
		return failed // a repetition that the script goes on with
	}
	if m.Method == sip.MethodCancel && t.run == nil {
		return tb.relayCancel(t, m, &o)
	}
	return t.relay(m, &o)
}

// absorbedIsDone: a repeated request that was answered counts as relayed.
func absorbedIsDone(rc int) int {
	if rc == absorbed {
		return ok
	}
	return rc
}

func (t *Transaction) relay(m *route.Message, o *RelayOptions) int {
	t.set(isReplica, t.has(isReplica) || o.Replica)
	t.set(noInternal, t.has(noInternal) || o.Flags&NoErrorReply != 0)
	t.set(noFailover, t.has(noFailover) || o.Flags&NoDNSFailover != 0)
	if o.Flags&No100Trying == 0 && !o.Bare {
		t.trying(m)
	}
	rc := t.forward(m, o)
	if rc > 0 {
		t.flags |= isRelayed
		t.delayed, t.unsent = 0, 0
		m.Handled = true
		return ok
	}
	t.unsent = rc
	if o.Bare {
		m.Failure = route.Failure(errorReply(rc))
		return visible(rc)
	}
	m.Failure = route.Failure(errorReply(rc))
	t.failedRelay(m, rc)
	return t.visible(m, rc)
}

// visible is the code that the script sees. A failure route does not learn more than that it failed.
func (t *Transaction) visible(m *route.Message, rc int) int {
	switch {
	case t.run != nil && m.Faked:
		return failed
	case t.has(noInternal):
		return errFlagged
	}
	return visible(rc)
}

func visible(rc int) int {
	if rc == errConfig || rc == errDelivery {
		return failed
	}
	return rc
}

// trying answers 100 to an INVITE that is about to be relayed.
func (t *Transaction) trying(m *route.Message) {
	v := t.table.env.Params.Get()
	wanted := (v.AutoInv100 != 0 || t.has(wantAuto100)) && !t.has(noAuto100)
	if wanted && t.Invite() && t.server.status == 0 && t.run == nil && !t.Local() {
		t.reply(m, 100, v.AutoInv100Reason)
	}
}

// failedRelay sees to it that the client gets an answer: now, or after the script (delayed_reply).
func (t *Transaction) failedRelay(m *route.Message, rc int) {
	if t.has(isRelayed|noInternal) || t.run != nil && m.Faked {
		return
	}
	if t.table.env.Params.Get().DelayedReply != 0 {
		t.delayed = rc
		return
	}
	code, reason := errorReply(rc).text()
	t.reply(m, code, reason)
}
