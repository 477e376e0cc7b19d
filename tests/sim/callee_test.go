package sim

import (
	"strconv"

	"github.com/moonroute/moonroute/core/sip"
)

// calleeSide is the server transaction of one target of a call (RFC 3261 17.2, 13.3).
type calleeSide struct {
	x      *call
	n      int // the target's number
	from   *peer
	branch string
	status int
	ring   string // its 180
	final  string
	refuse string // 487, should a CANCEL come
	acked  bool
	noAck  bool
	bye    bool
}

// atCallee takes a request that came to a callee.
func (c *calls) atCallee(p *peer, data string) {
	if err := c.parsed.Parse(data); err != nil || !c.parsed.IsRequest {
		c.t.Errorf("a callee cannot read %q: %v", data, err)
		return
	}
	m := &c.parsed
	x := c.byID[m.CallID()]
	via, _ := m.TopVia()
	to, _ := m.To()
	switch m.Method {
	case sip.MethodCancel:
		c.canceled(x, p, via.Branch)
	case sip.MethodAck:
		x.acknowledged(via.Branch, to.Tag)
	case sip.MethodBye:
		c.ended(x, p, to.Tag)
	default:
		x.invited(p, via.Branch)
	}
}

// acknowledged takes an ACK: a negative reply's has the INVITE's branch, a 2xx's the dialog's tag.
func (x *call) acknowledged(branch, tag string) {
	for _, s := range x.callees {
		if s != nil && (s.branch == branch || s.status == 200 && s.tag() == tag) {
			s.acked = true
		}
	}
}

func (s *calleeSide) tag() string { return s.x.id + "t" + strconv.Itoa(s.n) }

// invited takes an INVITE or MESSAGE: a new one, or a repetition.
func (x *call) invited(p *peer, branch string) {
	m := &x.c.parsed
	n := targetOf(m.RequestURI)
	if n < 0 || n >= len(x.targets) {
		x.c.errorf(x, "request for %s", m.RequestURI)
		return
	}
	s := x.callees[n]
	switch {
	case s == nil:
		x.callees[n] = x.newCallee(p, n, branch)
	case s.branch != branch && x.anew: // a merged request (RFC 3261 8.2.2.2)
		p.send(answer(m, 482, "merged", ""))
	case s.branch != branch:
		x.c.errorf(x, "t%d was asked twice, as %s and %s", n, s.branch, branch)
	case s.final != "" && s.status >= 300 || s.final != "" && x.method != "INVITE":
		p.send(s.final)
	case s.final == "" && s.status == 180:
		p.send(s.ring)
	}
}

func targetOf(uri string) int {
	u, err := sip.ParseURI(uri)
	if err != nil || u.User == "" {
		return -1
	}
	n, err := strconv.Atoi(u.User[1:])
	if err != nil {
		return -1
	}
	return n
}

func (x *call) newCallee(p *peer, n int, branch string) *calleeSide {
	s := &calleeSide{x: x, n: n, from: p, branch: branch}
	plan, m, w := &x.targets[n], &x.c.parsed, x.c.world
	if plan.rings && x.method == "INVITE" {
		s.ring = answer(m, 180, s.tag(), "")
		w.net.After(plan.ringAfter, func() {
			if s.status == 0 {
				s.status = 180
				p.send(s.ring)
			}
		})
	}
	s.refuse = answer(m, 487, s.tag(), "")
	if plan.code != 0 {
		text := answer(m, plan.code, s.tag(), uri(n))
		w.net.After(plan.answerAfter, func() { s.answer(plan.code, text) })
	}
	return s
}

// answer sends the final reply: a MESSAGE's once, an INVITE's until its ACK.
func (s *calleeSide) answer(code int, text string) {
	if s.status >= 200 {
		return
	}
	s.status, s.final = code, text
	if s.x.method != "INVITE" {
		s.from.send(text)
		return
	}
	repetition{
		from: s.from, text: text, longest: t2,
		done:    func() bool { return s.acked },
		expired: func() { s.noAck = true },
	}.start()
}

// canceled answers a CANCEL, and the INVITE if that is still open (RFC 3261 9.2).
func (c *calls) canceled(x *call, p *peer, branch string) {
	for _, s := range x.callees {
		if s != nil && s.branch == branch {
			p.send(answer(&c.parsed, 200, s.tag(), ""))
			s.answer(487, s.refuse)
			return
		}
	}
	p.send(answer(&c.parsed, 481, "none", ""))
}

func (c *calls) ended(x *call, p *peer, tag string) {
	for _, s := range x.callees {
		if s != nil && s.tag() == tag && s.status == 200 {
			s.bye = true
			p.send(answer(&c.parsed, 200, tag, ""))
			return
		}
	}
	p.send(answer(&c.parsed, 481, tag, ""))
}
