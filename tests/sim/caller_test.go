package sim

import (
	"time"

	"github.com/moonroute/moonroute/core/sip"
)

// callerSide is what the caller of one call knows (RFC 3261 17.1, 13.2.2).
type callerSide struct {
	heard   bool // any reply
	final   int  // the first final reply: the outcome; 0: none
	gaveUp  bool // timer B or F ran out without a reply
	cancel  progress
	dialogs map[string]*dialog // by To tag, one for each 2xx
}

// progress of a request of the caller besides its first.
type progress struct {
	wanted, sent, done, gaveUp bool
}

// dialog is a call that was answered.
type dialog struct {
	ack string
	bye progress
}

const proxyURI = "sip:callee@proxy.example"

// begin sends the request and, at times, a CANCEL later.
func (x *call) begin() {
	longest := time.Hour // timer A doubles without a bound
	if x.method != "INVITE" {
		longest = t2
	}
	repetition{
		from: x.c.callers, text: x.request(x.method, proxyURI, x.id, "", 1), longest: longest,
		done: func() bool {
			if x.method == "INVITE" {
				return x.heard
			}
			return x.final != 0
		},
		expired: func() { x.gaveUp = true },
	}.start()
	if x.cancelAfter > 0 && x.method == "INVITE" {
		x.c.net.After(x.cancelAfter, func() {
			x.cancel.wanted = true
			x.tryCancel()
		})
	}
}

// tryCancel sends the CANCEL once a provisional reply has come, and not after the final one (RFC 3261 9.1).
func (x *call) tryCancel() {
	if !x.cancel.wanted || x.cancel.sent || !x.heard || x.final != 0 {
		return
	}
	x.cancel.sent = true
	x.ask(&x.cancel, x.request("CANCEL", proxyURI, x.id, "", 1))
}

// ask runs a non-INVITE client transaction.
func (x *call) ask(p *progress, text string) {
	p.sent = true
	repetition{
		from: x.c.callers, text: text, longest: t2,
		done:    func() bool { return p.done },
		expired: func() { p.gaveUp = true },
	}.start()
}

// reply takes a reply that came to the caller.
func (x *call) reply(m *sip.Message) {
	cseq, _ := m.CSeq()
	to, _ := m.To()
	switch {
	case cseq.Method == sip.MethodInvite:
		x.inviteReply(m.Status, to.Tag, contactOf(m))
	case m.Status < 200:
	case cseq.Method == sip.MethodCancel:
		x.cancel.done = true
	case cseq.Method == sip.MethodBye:
		x.byeReply(m, to.Tag)
	case x.final == 0:
		x.final = m.Status
	}
}

func (x *call) inviteReply(code int, tag, contact string) {
	x.heard = true
	switch {
	case code < 200:
		x.tryCancel()
	case code < 300:
		x.answered(code, tag, contact)
	case x.final == 0 || x.final >= 300:
		if x.final == 0 {
			x.final = code
		}
		x.c.callers.send(x.request("ACK", proxyURI, x.id, tag, 1))
	}
}

// answered acknowledges each 2xx, and ends the call later; a further dialog of a forked call at once.
func (x *call) answered(code int, tag, contact string) {
	d := x.dialogs[tag]
	if d == nil {
		d = &dialog{ack: x.request("ACK", contact, x.id+"-a"+tag, tag, 1)}
		x.dialogs[tag] = d
		hold := x.hold
		if x.final != 0 {
			hold = 0
		}
		x.c.net.After(hold, func() { x.ask(&d.bye, x.request("BYE", contact, x.id+"-b"+tag, tag, 2)) })
	}
	if x.final == 0 {
		x.final = code
	}
	x.c.callers.send(d.ack)
}

func (x *call) byeReply(m *sip.Message, tag string) {
	d := x.dialogs[tag]
	if d == nil {
		x.c.errorf(x, "a reply to a BYE of no dialog: %q", m.Raw)
		return
	}
	d.bye.done = true
	if m.Status != 200 {
		x.c.errorf(x, "the BYE was answered %d", m.Status)
	}
}

func contactOf(m *sip.Message) string {
	h := m.First(sip.HdrContact)
	if h == nil {
		return ""
	}
	a, _, _ := sip.ParseNameAddr(h.Value)
	return a.URIText
}
