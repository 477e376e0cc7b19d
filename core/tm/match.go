package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// cseqOf is the CSeq of a message. A number that is none or out of its range counts as 0, since the incumbent takes it
// for a text.
func cseqOf(m *route.Message) (*sip.CSeq, error) {
	cseq, err := m.CSeq()
	if err == sip.ErrNumber {
		err = nil
	}
	return cseq, err
}

// find is the server transaction that a request repeats (RFC 3261 17.2.3), or nil. With
// sip.MethodInvite it finds the INVITE that an ACK or CANCEL belongs to.
func (tb *Table) find(m *route.Message, method sip.Method) *Transaction {
	cseq, err := cseqOf(m)
	if err != nil {
		return nil
	}
	t := tb.calls[callKey(m.CallHash, cseq.Number)]
	if t == nil {
		return nil
	}
	via, err := m.TopVia()
	if err != nil {
		return nil
	}
	v := tb.env.Params.Get()
	for ; t != nil; t = t.next {
		if t.Local() || !t.isOf(method, m.MethodName) {
			continue
		}
		if hasCookie(via.Branch) && matchesBranch(t, via) || !hasCookie(via.Branch) && matchesOld(t, m, via, v) {
			return t
		}
	}
	return nil
}

// matchesBranch compares branch and sent-by.
func matchesBranch(t *Transaction, via *sip.Via) bool {
	if t.branch != via.Branch {
		return false
	}
	own, _ := t.Request().TopVia()
	return own.PortNum == via.PortNum && sip.EqualFold(own.Host, via.Host)
}

// isOf tells whether the transaction is one of a method, which has the name if it is none that we know.
func (t *Transaction) isOf(method sip.Method, name string) bool {
	return t.method == method && (method != sip.MethodOther || t.Request().MethodName == name)
}

// matchesOld compares a request of a peer without the magic cookie (RFC 2543, RFC 3261 17.2.3).
// An ACK and a CANCEL may have other To tags than the INVITE.
func matchesOld(t *Transaction, m *route.Message, via *sip.Via, v *Values) bool {
	r := t.Request()
	if r.CallID() != m.CallID() || !t.sameFromTag(m) {
		return false
	}
	if v.RURIMatching != 0 && r.RequestURI != m.RequestURI {
		return false
	}
	if v.Via1Matching != 0 {
		own, _ := r.TopVia()
		if own.Raw != via.Raw {
			return false
		}
	}
	return m.Method == sip.MethodAck || m.Method == sip.MethodCancel || sameToTag(r, m)
}

func (t *Transaction) sameFromTag(m *route.Message) bool {
	from, err := m.From()
	return err == nil && from.Tag == t.fromTag
}

func sameToTag(a, b *route.Message) bool {
	x, errA := a.To()
	y, errB := b.To()
	return errA == nil && errB == nil && x.Tag == y.Tag
}

// ackKind tells what an ACK acknowledges.
type ackKind uint8

const (
	ackNothing  ackKind = iota
	ackNegative         // a negative final reply of this hop (RFC 3261 17.2.1)
	ackLocal            // a 2xx that was made here
	ackRelayed          // a 2xx that was passed on: end to end
)

// findAck is the INVITE transaction that an ACK belongs to.
func (tb *Table) findAck(m *route.Message) (*Transaction, ackKind) {
	t := tb.find(m, sip.MethodInvite)
	if t != nil && t.server.status >= 300 {
		return t, ackNegative
	}
	cseq, err := cseqOf(m)
	if err != nil {
		return nil, ackNothing
	}
	for t := tb.calls[callKey(m.CallHash, cseq.Number)]; t != nil; t = t.next {
		if !t.Invite() || t.Local() || t.server.status < 200 || t.server.status >= 300 || !t.sameFromTag(m) {
			continue
		}
		to, err := m.To()
		if err != nil {
			return nil, ackNothing
		}
		if t.LocalReplied() {
			if to.Tag == t.server.tag || t.answersIn(to.Tag) {
				return t, ackLocal
			}
			continue
		}
		return t, ackRelayed
	}
	return nil, ackNothing
}

// answersIn tells whether the request came in a dialog, with that To tag.
func (t *Transaction) answersIn(tag string) bool {
	own, err := t.Request().To()
	return err == nil && own.Tag != "" && own.Tag == tag
}
