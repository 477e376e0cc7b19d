package sim

import (
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
)

// borderSide is what passed between the proxy and the two sides of a call.
type borderSide struct {
	arrived  map[int]bool     // final codes of callees that came to the proxy
	finals   map[string]final // of each request, by method and To tag: the first final reply that left
	up2xx    int              // 2xx to the INVITE that left, and that came
	in2xx    int
	good     time.Duration // when the first of them left
	canceled bool          // the CANCEL came before a final reply left
	acksIn   int           // ACKs for 2xx
	acksOut  int
}

// final is a final reply but a 2xx to an INVITE.
type final struct {
	code int
	text string
	at   time.Duration
}

// in implements watcher.
func (c *calls) in(p transport.Packet) {
	m := &c.passing
	if m.Parse(p.Data) != nil {
		return
	}
	x := c.byID[m.CallID()]
	b := &x.border
	switch {
	case m.Method == sip.MethodAck && m.RequestURI != proxyURI:
		b.acksIn++
	case m.Method == sip.MethodCancel && b.finals["INVITE"].code == 0 && b.up2xx == 0:
		b.canceled = true
	case m.IsRequest:
	case m.Status >= 200 && isFirst(m):
		x.finalCame(m)
	}
}

// isFirst tells whether a reply is to the request that began the call.
func isFirst(m *sip.Message) bool {
	cseq, err := m.CSeq()
	return err == nil && (cseq.Method == sip.MethodInvite || cseq.Method == sip.MethodMessage)
}

func (x *call) finalCame(m *sip.Message) {
	b := &x.border
	if b.arrived == nil {
		b.arrived = map[int]bool{}
	}
	b.arrived[m.Status] = true
	if m.Status < 300 && x.method == "INVITE" {
		b.in2xx++
	}
}

// out implements watcher.
func (c *calls) out(f flow.Flow, data string) {
	m := &c.passing
	if m.Parse(data) != nil {
		c.t.Errorf("the proxy sent %q", data)
		return
	}
	x := c.byID[m.CallID()]
	switch {
	case m.Method == sip.MethodAck && m.IsRequest:
		if x.isEndToEnd(m) {
			x.border.acksOut++
		}
	case m.IsRequest || m.Status < 200:
	case f.Remote == callersAt:
		x.finalLeft(m)
	}
}

// isEndToEnd tells an ACK that was passed on from one that the proxy made.
func (x *call) isEndToEnd(m *sip.Message) bool {
	n := 0
	for vias := m.Vias(); vias.Next(); {
		n++
	}
	return n > 1
}

// finalLeft checks that no request is answered twice differently. Several 2xx to an INVITE
// are not one answer but several dialogs.
func (x *call) finalLeft(m *sip.Message) {
	b := &x.border
	cseq, _ := m.CSeq()
	to, _ := m.To()
	if cseq.Method == sip.MethodInvite && m.Status < 300 {
		if b.up2xx++; b.up2xx == 1 {
			b.good = x.c.now()
		}
		return
	}
	key := cseq.MethodName
	if cseq.Method == sip.MethodBye {
		key += to.Tag
	}
	first, known := b.finals[key]
	switch {
	case known && first.text != m.Raw && !x.c.over(first.at):
		x.c.errorf(x, "%s was answered twice: %q and %q", key, first.text, m.Raw)
	case cseq.Method == sip.MethodInvite && !known && b.up2xx > 0 && !x.c.over(b.good):
		x.c.errorf(x, "%d after a 2xx", m.Status)
	}
	if known {
		return
	}
	if b.finals == nil {
		b.finals = map[string]final{}
	}
	b.finals[key] = final{m.Status, m.Raw, x.c.now()}
}

// ended is when the first final reply left.
func (b *borderSide) ended() time.Duration {
	at := b.good
	for _, f := range b.finals {
		if at == 0 || f.at < at {
			at = f.at
		}
	}
	return at
}

// over tells whether a transaction that was answered at an instant has gone. What comes for it
// later is passed on without state (RFC 3261 16.7 step 1).
func (c *calls) over(answered time.Duration) bool {
	return c.now()-answered >= time.Duration(c.server.Table(0).Params().Get().WtTimer)*time.Millisecond
}

// checkAll checks every call and that nothing is left.
func (c *calls) checkAll() {
	c.figures.outcomes = map[int]int{}
	for _, x := range c.order {
		if c.faults >= maxFaults {
			return
		}
		x.check()
		c.figures.outcomes[x.final]++
	}
	if n, timers := c.transactions(), c.timers(); n != 0 || timers != 0 || c.server.TMStats().Current.Load() != 0 {
		c.t.Errorf("%d transactions and %d timers are left after the last event (seed %d)", n, timers, c.seed)
	}
	if n := c.server.Stats.Panics.Load() + c.server.Stats.Malformed.Load() + c.server.Stats.Overload.Load(); n != 0 {
		c.t.Errorf("%d panics, malformed or refused messages: %s (seed %d)", n, c.log.last, c.seed)
	}
	// A peer that gives up has lost every one of ten or more repetitions.
	if f := c.figures; f.silent*1000 > c.count+1000 || f.noAcks*1000 > c.count+1000 || f.ringing*1000 > c.count {
		c.t.Errorf("too many lost: %+v (seed %d)", f, c.seed)
	}
}

// check holds one call against RFC 3261.
func (x *call) check() {
	switch {
	case x.final == 0 && x.gaveUp && x.method != "INVITE" && x.hasSilent():
		// The proxy's 408 comes when the caller has given up too: what RFC 4320 complains about.
	case x.final == 0 && x.gaveUp && !x.heard:
		x.c.figures.silent++
	case x.final == 0:
		x.c.errorf(x, "no final reply; the proxy sent %v", x.border.finals)
	case x.final < 300 && x.method == "INVITE":
		x.checkAnswered()
	default:
		x.checkRefused()
	}
	x.checkDialogs()
	x.checkCallees()
}

func (x *call) checkAnswered() {
	if x.border.in2xx == 0 && !x.anew {
		x.c.errorf(x, "answered by nobody")
	}
	if x.border.canceled || x.border.finals["INVITE"].code != 0 {
		x.c.figures.races++ // the answer was faster than the CANCEL, or came beside a negative reply
	}
	if len(x.dialogs) > 1 {
		x.c.figures.forks++
	}
}

// checkRefused tells whether the code can be explained by what came to the proxy.
func (x *call) checkRefused() {
	b := &x.border
	code := x.final
	if b.canceled {
		x.c.figures.canceled++
	}
	if x.anew || !x.c.strict {
		return // a later answer may have been faster, or come from a second transaction
	}
	if sent := b.finals[x.method].code; sent != code {
		x.c.errorf(x, "the caller saw %d, the proxy sent %d", code, sent)
	}
	var explained bool
	switch code {
	case 403:
		explained = x.handling == refuses
	case 484:
		explained = x.handling == stateless
	case 408:
		explained = !b.canceled && x.hasSilent()
	case 487:
		explained = b.canceled
	case 500:
		explained = b.arrived[503] // a 503 is of this hop alone (RFC 3261 16.7 step 6)
	default:
		explained = b.arrived[code]
	}
	if x.wantsGlobal() && code >= 300 && code < 600 {
		x.c.errorf(x, "ended in %d although a callee refused for all of them: %v", code, b.arrived)
	}
	if !explained {
		x.c.errorf(x, "ended in %d, callees said %v, canceled=%v", code, b.arrived, b.canceled)
	}
}

// wantsGlobal tells whether a 6xx has to win (RFC 3261 16.7 step 6): it came, and the script tried nobody afterwards.
func (x *call) wantsGlobal() bool {
	return x.border.arrived[603] && len(x.groups) == 1
}

func (x *call) hasSilent() bool {
	for i := range x.tried {
		if x.targets[i].code == 0 {
			return true
		}
	}
	return false
}

// checkDialogs sees that each 2xx was passed on and acknowledged, and its dialog ended.
func (x *call) checkDialogs() {
	b := &x.border
	if b.up2xx < b.in2xx { // more leave if the caller repeats its INVITE
		x.c.errorf(x, "%d 2xx came to the proxy, %d left", b.in2xx, b.up2xx)
	}
	if b.acksIn != b.acksOut {
		x.c.errorf(x, "%d ACKs for a 2xx came to the proxy, %d left", b.acksIn, b.acksOut)
	}
	for tag, d := range x.dialogs {
		if !d.bye.done && !d.bye.gaveUp {
			x.c.errorf(x, "the BYE to %s has no reply", tag)
		}
	}
	if x.cancel.sent && !x.cancel.done && !x.cancel.gaveUp {
		x.c.errorf(x, "the CANCEL has no reply")
	}
}

// checkCallees sees that nobody goes on ringing, and that each answer was acknowledged.
func (x *call) checkCallees() {
	for _, s := range x.callees {
		switch {
		case s == nil:
		case s.status == 180 && !x.c.strict:
			x.c.figures.ringing++ // its 180 came after the end
		case s.status == 180:
			x.c.errorf(x, "t%d rings for ever", s.n)
		case s.noAck && s.status >= 300 && x.c.strict:
			x.c.errorf(x, "the %d of t%d has no ACK", s.status, s.n)
		case s.noAck && s.status < 300:
			x.c.figures.noAcks++
		}
	}
}
