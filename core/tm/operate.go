package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// MadeReply is a reply that an operator or a module sends for a transaction.
type MadeReply struct {
	Code    int
	Reason  string
	ToTag   string // empty: the transaction's own
	Headers string // lines with CRLF
	Body    string // its Content-Type stands among Headers
}

// Answer sends such a reply (tm.reply): 1, or -1 if a final reply was sent before.
func (t *Transaction) Answer(r MadeReply) int {
	if t.ended() || t.has(isDead|isLocal) || r.Code < 100 || r.Code > 699 {
		return failed
	}
	if r.ToTag != "" {
		t.server.tag = r.ToTag
	}
	t.replyWith(t.Request(), &route.LocalReply{Code: r.Code, Reason: r.Reason, Headers: r.Headers, Body: r.Body})
	if r.Code >= 200 {
		t.cancelRest(r.Code)
	}
	return ok
}

// Drop ends a transaction without a word to the client (t_drop); code is kept as its status.
func (t *Transaction) Drop(code int) {
	t.server.status = code
	t.flags |= noInternal
	for _, b := range t.branches {
		b.stopTimer()
		b.state |= branchUnsent
	}
	t.wait()
}

// ReuseBranch makes the failed branch's target the next one (t_reuse_branch, in a branch failure route): 1, or -1.
func (t *Transaction) ReuseBranch(m *route.Message) int {
	if t.run == nil || t.run.Kind != route.BranchFailureRoute {
		return failed
	}
	m.Target, m.URIUsed = t.branches[t.run.Branch].Target, false
	return ok
}

// AcknowledgeAnswer sends the ACK for the 2xx to an INVITE of our own that was started without
// automatic ACK (t_uac_ack_local): 1, or -1 if there is no answer.
func (t *Transaction) AcknowledgeAnswer(headers, body string) int {
	if !t.Local() || !t.Invite() {
		return failed
	}
	for _, b := range t.branches {
		if b.status >= 200 && b.status < 300 && b.reply != nil {
			b.ack = &endAck{headers: headers, body: body}
			t.acknowledgeAnswer(b, b.reply)
			return ok
		}
	}
	return failed
}

// Overview is what tm.list shows of a transaction.
type Overview struct {
	ID                     ID
	Method                 string
	From, To, CallID, CSeq string // header fields
	Flags, Branches        int
	Seconds                int // until its lifetime ends
}

// Overview describes the transaction.
func (t *Transaction) Overview() Overview {
	r := t.Request()
	defer t.thin()
	o := Overview{ID: t.ID(), Method: r.MethodName, Flags: int(t.flags), Branches: len(t.branches)}
	o.From, o.To, o.CallID = field(r, sip.HdrFrom), field(r, sip.HdrTo), field(r, sip.HdrCallID)
	if cseq, err := r.CSeq(); err == nil {
		o.CSeq = "CSeq: " + cseq.NumberText
	}
	if t.timing.end != 0 {
		o.Seconds = int((t.timing.end - t.table.now()).Seconds())
	}
	return o
}

func field(m *route.Message, kind sip.HeaderType) string {
	if h := m.First(kind); h != nil {
		return m.Raw[h.Start:h.End]
	}
	return ""
}

// Mark sets message flags for the transaction's later routes.
func (t *Transaction) Mark(flags uint32) { t.saved.flags |= flags }
