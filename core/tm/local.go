package tm

import (
	"bytes"
	"errors"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// LocalRequest is a request of our own.
type LocalRequest struct {
	Method  string
	URI     string
	NextHop string       // SIP URI to send to; empty: URI
	Socket  *flow.Socket // to send from; nil: chosen by the next hop
	Headers string       // header lines with CRLF; From and To must be among them
	Body    string
	CallID  string // empty: a new one
	CSeq    uint32 // 0: 10
	NoAck   bool   // a 2xx to an INVITE is acknowledged by the caller
	Vars    *route.Vars
	// Done is told the final reply, and provisional ones with pass_provisional_replies=1. It runs inside the shard. It may be nil.
	Done func(r LocalResult)
}

// LocalResult is what became of a request of our own.
type LocalResult struct {
	Transaction *Transaction
	Code        int
	Reason      string
	Reply       *route.Message // nil if none came: Code is 408 then
}

// errLocal says what is wrong with a request of our own.
var errLocal = errors.New("tm: a local request needs a method, a URI, From and To")

// localSide is what a transaction for a request of our own needs besides its branch.
type localSide struct{ done func(LocalResult) }

func (l *localSide) tell(t *Transaction, m *route.Message, code int) {
	if l.done == nil {
		return
	}
	r := LocalResult{Transaction: t, Code: code, Reply: m, Reason: sip.ReasonPhrase(code)}
	if m != nil {
		r.Reason = m.Reason
	}
	l.done(r)
}

// Start sends a request of our own and takes care of its transaction (t_uac_send, tm.t_uac_start). The
// event callback may change the request before. It may let go of the shard.
func (tb *Table) Start(r *LocalRequest) (*Transaction, error) {
	m, err := tb.localMessage(r)
	if err != nil {
		return nil, err
	}
	cseq, err := m.CSeq()
	if err != nil {
		return nil, err
	}
	t, err := tb.add(m, cseq.Number)
	if err != nil {
		return nil, err
	}
	tb.env.Stats.Local.Add(1)
	t.flags |= isLocal
	t.set(noAutoAck, r.NoAck)
	t.local = &localSide{done: r.Done}
	m.Transaction = t
	if err := t.startLocal(m); err != nil {
		tb.remove(t)
		return nil, err
	}
	return t, nil
}

// startLocal runs the event, finds the way and sends.
func (t *Transaction) startLocal(m *route.Message) error {
	tb := t.table
	b := t.addBranch()
	if ev := tb.env.Params.Get().LocalRequestEvent; ev != "" {
		out := t.runRoute(route.Call{Kind: route.LocalRoute, Callback: route.Callback{Name: string(ev)}, Message: m, Event: "tm:local-request"}, Run{})
		if out == route.Dropped {
			return errors.New("tm: the local request was dropped by its event route")
		}
	}
	flows, err := tb.env.Targets.Targets(m.NextHop(), m.Socket, m)
	if err == nil && len(flows) == 0 {
		err = ErrBadURI
	}
	if err != nil {
		return err
	}
	b.flow, b.URI, b.Target = flows[0], m.CurrentURI(), m.Target
	if tb.env.Params.Get().EnableUACFr != 0 {
		b.onFailed = t.armed.Failure
	}
	if len(flows) > 1 && !t.has(noFailover) {
		b.spare = flows[1:]
	}
	b.sent = t.localBytes(b, m)
	return b.sendSomewhere()
}

// sendSomewhere sends to the first address that takes the request.
func (b *Branch) sendSomewhere() (err error) {
	for ; b != nil; b = b.successor() {
		if err = b.send(); err == nil {
			return nil
		}
	}
	return err
}

// localBytes is the request with the changes of its event route and our Via.
func (t *Transaction) localBytes(b *Branch, m *route.Message) []byte {
	tb := t.table
	tb.buf = route.AppendRequest(tb.buf[:0], m, &route.Outgoing{Flow: b.flow, URI: m.Target.URI, Path: m.Path})
	line := bytes.IndexByte(tb.buf, '\n') + 1
	out := make([]byte, 0, len(tb.buf)+128)
	out = append(out, tb.buf[:line]...)
	out = t.appendVia(out, b)
	return append(out, tb.buf[line:]...)
}

// localAnswered takes a 2xx for a request of our own.
func (t *Transaction) localAnswered(b *Branch, m *route.Message, first bool) {
	if t.Invite() && !t.has(noAutoAck) {
		t.acknowledgeAnswer(b, m)
	}
	if !first || t.ended() {
		return
	}
	m.Keep()
	b.reply = m
	b.release()
	t.cancelRest(m.Status)
	t.localDone(b, m.Status, m)
}

// localFailed takes the final failure of a request of our own.
func (t *Transaction) localFailed(best *Branch) {
	if best == nil {
		t.localDone(nil, 408, nil)
		return
	}
	code := best.status
	if code < 0 || best.reply == nil && code != 487 {
		code = 408
	}
	t.localDone(best, code, best.reply)
}

func (t *Transaction) localDone(b *Branch, code int, m *route.Message) {
	t.server.status = code
	t.table.env.Stats.completed(code)
	branch := -1
	if b != nil {
		branch = b.index
	}
	t.tell(LocalCompleted, branch, code, m, nil)
	t.wait()
	t.local.tell(t, m, code)
	t.forgetAnswer(b)
	if !t.Invite() {
		t.table.finished.add(t.table, t)
	}
}

// forgetAnswer lets go of what nobody asks for once the caller knows the end: repetitions of the answer are only absorbed.
func (t *Transaction) forgetAnswer(b *Branch) {
	if b == nil || t.Invite() {
		return
	}
	b.reply, t.local.done = nil, nil
}
