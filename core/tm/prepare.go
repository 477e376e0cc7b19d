package tm

import (
	"time"

	"github.com/moonroute/moonroute/core/route"
)

// prepareKey keeps what a script sets before there is a transaction in route.Message.Extra.
type prepareKey struct{}

// prepared is what t_set_fr and its kin asked for before the transaction existed.
type prepared struct {
	timing  timing
	on, off flags
}

func (p *prepared) apply(t *Transaction) {
	t.flags = t.flags&^p.off | p.on
	t.timing.override(&p.timing)
	t.limitLife()
}

// override takes over what is set in o.
func (g *timing) override(o *timing) {
	for _, x := range [...]struct{ to, from *time.Duration }{
		{&g.fr, &o.fr}, {&g.frInv, &o.frInv}, {&g.t1, &o.t1}, {&g.t2, &o.t2},
		{&g.lifeInv, &o.lifeInv}, {&g.lifeNon, &o.lifeNon},
	} {
		if *x.from != 0 {
			*x.to = *x.from
		}
	}
}

// limitLife applies t_set_max_lifetime.
func (t *Transaction) limitLife() {
	life := t.timing.lifeNon
	if t.Invite() {
		life = t.timing.lifeInv
	}
	if life != 0 {
		t.timing.end = endOfLife(t.table.now(), life)
	}
}

func preparedOf(m *route.Message) *prepared {
	if p, found := m.Extra[prepareKey{}].(*prepared); found {
		return p
	}
	if m.Extra == nil {
		m.Extra = map[any]any{}
	}
	p := new(prepared)
	m.Extra[prepareKey{}] = p
	return p
}

func (tb *Table) setFlag(m *route.Message, f flags, on bool) {
	if t := Of(m); t != nil {
		t.set(f, on)
		return
	}
	p := preparedOf(m)
	p.on, p.off = p.on&^f, p.off&^f
	if on {
		p.on |= f
	} else {
		p.off |= f
	}
}

func (tb *Table) setTiming(m *route.Message, g timing) {
	if t := Of(m); t != nil {
		t.timing.override(&g)
		t.limitLife()
		t.reschedule(&g)
		return
	}
	preparedOf(m).timing.override(&g)
}

// reschedule moves the timers of branches that are out already (t_set_fr in a reply route).
func (t *Transaction) reschedule(g *timing) {
	now := t.table.now()
	for _, b := range t.branches {
		if !b.pending() || !b.timer.Armed() {
			continue
		}
		switch {
		case b.Replied() && t.Invite() && g.frInv != 0:
			b.giveUpAt = t.limit(now + g.frInv)
		case !b.Replied() && g.fr != 0:
			b.giveUpAt = t.limit(now + g.fr)
		}
		b.giveUpAt = t.limit(b.giveUpAt)
		b.schedule(now)
	}
}

// SetFr sets fr_inv_timer and fr_timer for the request in hand, in milliseconds; 0 leaves one alone (t_set_fr).
func (tb *Table) SetFr(m *route.Message, frInv, fr int) {
	tb.setTiming(m, timing{frInv: millis(frInv), fr: millis(fr)})
}

// SetRetr sets the retransmission intervals T1 and T2 (t_set_retr).
func (tb *Table) SetRetr(m *route.Message, t1, t2 int) {
	tb.setTiming(m, timing{t1: millis(t1), t2: millis(t2)})
}

// SetMaxLifetime sets the lifetimes of INVITE and other transactions (t_set_max_lifetime).
func (tb *Table) SetMaxLifetime(m *route.Message, invite, other int) {
	tb.setTiming(m, timing{lifeInv: millis(invite), lifeNon: millis(other)})
}

// ResetFr goes back to fr_timer and fr_inv_timer.
func (tb *Table) ResetFr(m *route.Message) {
	v := tb.env.Params.Get()
	tb.SetFr(m, v.FrInvTimer, v.FrTimer)
}

// ResetRetr goes back to retr_timer1 and retr_timer2.
func (tb *Table) ResetRetr(m *route.Message) {
	v := tb.env.Params.Get()
	tb.SetRetr(m, v.RetrTimer1, v.RetrTimer2)
}

// ResetMaxLifetime goes back to max_inv_lifetime and max_noninv_lifetime.
func (tb *Table) ResetMaxLifetime(m *route.Message) {
	v := tb.env.Params.Get()
	tb.SetMaxLifetime(m, v.MaxInvLifetime, v.MaxNonInvLifetime)
}

// Option is a switch of one transaction.
type Option flags

// The switches. Those that begin with No turn off what is on by default.
const (
	NoAuto100       = Option(noAuto100)      // t_set_auto_inv_100(0)
	WantAuto100     = Option(wantAuto100)    // t_set_auto_inv_100(1)
	No6xxBlock      = Option(noSixBlock)     // t_set_disable_6xx
	NoFailover      = Option(noFailover)     // t_set_disable_failover
	NoInternalReply = Option(noInternal)     // t_set_disable_internal_reply
	NoCancelReason  = Option(noCancelReason) // t_set_no_e2e_cancel_reason
	SentHeaders     = Option(sentHeaders)    // t_use_uac_headers
	NoAutoAck       = Option(noAutoAck)      // t_set_no_auto_ack
)

// SetOption turns a switch on or off for the request in hand.
func (tb *Table) SetOption(m *route.Message, o Option, on bool) { tb.setFlag(m, flags(o), on) }
