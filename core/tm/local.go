package tm

import (
	"errors"
	"strconv"
	"strings"

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
		out := t.runRoute(&route.Call{Kind: route.LocalRoute, Callback: route.Callback{Name: string(ev)}, Message: m, Event: "tm:local-request"}, Run{})
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
		b.spare = flows[1:]
	}
	b.sent = t.localBytes(b, m)
	return b.send()
}

// localBytes is the request with the changes of its event route and our Via.
func (t *Transaction) localBytes(b *Branch, m *route.Message) []byte {
	tb := t.table
	tb.buf = route.AppendRequest(tb.buf[:0], m, &route.Outgoing{Flow: b.flow, URI: m.Target.URI, Path: m.Path})
	line := strings.IndexByte(string(tb.buf), '\n') + 1
	out := make([]byte, 0, len(tb.buf)+128)
	out = append(out, tb.buf[:line]...)
	out = t.appendVia(out, b)
	return append(out, tb.buf[line:]...)
}

// localMessage writes the request and reads it as a message, so that scripts can look at it.
func (tb *Table) localMessage(r *LocalRequest) (*route.Message, error) {
	given, err := sip.Parse(r.Method + " sip:x SIP/2.0\r\n" + withLineEnd(r.Headers) + "\r\n")
	if err != nil {
		return nil, err
	}
	from, errFrom := given.From()
	_, errTo := given.To()
	if r.Method == "" || r.URI == "" || errFrom != nil || errTo != nil {
		return nil, errLocal
	}
	w := localWriter{tb: tb, r: r, given: given}
	raw := w.write(from.Tag)
	parsed, err := sip.Parse(raw)
	if err != nil {
		return nil, err
	}
	m := new(route.Message)
	m.Begin(parsed)
	m.Received, m.Shard = tb.env.Clock.Now(), tb.env.Shard
	m.CallHash = tb.env.CallHash(m.CallID())
	m.DstURI, m.Socket, m.Vars = r.NextHop, r.Socket, r.Vars
	return m, nil
}

func withLineEnd(headers string) string {
	if headers != "" && !strings.HasSuffix(headers, "\n") {
		return headers + "\r\n"
	}
	return headers
}

// localWriter writes a request of our own in the incumbent's order: To, From, CSeq, Call-ID,
// Max-Forwards, Content-Length, User-Agent and the caller's headers.
type localWriter struct {
	tb    *Table
	r     *LocalRequest
	given *sip.Message
	out   []byte
}

func (w *localWriter) write(fromTag string) string {
	r := w.r
	w.out = sip.AppendRequestLine(nil, r.Method, r.URI)
	w.line("To: ", w.value(sip.HdrTo))
	from := w.value(sip.HdrFrom)
	if fromTag == "" {
		from += ";tag=" + w.tb.newTag()
	}
	w.line("From: ", from)
	w.line("CSeq: ", w.cseq())
	w.line("Call-ID: ", w.callID())
	w.line("Max-Forwards: ", "70")
	w.line("Content-Length: ", strconv.Itoa(len(r.Body)))
	if ua := w.tb.env.UserAgentHeader; ua != "" && w.given.First(sip.HdrUserAgent) == nil {
		w.line(ua, "")
	}
	for i := range w.given.Headers {
		switch h := &w.given.Headers[i]; h.Type {
		case sip.HdrTo, sip.HdrFrom, sip.HdrCSeq, sip.HdrCallID, sip.HdrMaxForwards, sip.HdrContentLength, sip.HdrVia:
		default:
			w.out = append(w.out, w.given.Raw[h.Start:h.End]...)
		}
	}
	w.out = append(w.out, "\r\n"...)
	return string(append(w.out, r.Body...))
}

func (w *localWriter) line(name, value string) {
	w.out = append(w.out, name...)
	w.out = append(w.out, value...)
	w.out = append(w.out, "\r\n"...)
}

func (w *localWriter) value(t sip.HeaderType) string {
	if h := w.given.First(t); h != nil {
		return strings.TrimSpace(h.Value)
	}
	return ""
}

// localCSeq is the first CSeq number of a request that says none.
const localCSeq = 10

func (w *localWriter) cseq() string {
	n := w.r.CSeq
	if n == 0 {
		n = localCSeq
	}
	if given, err := w.given.CSeq(); err == nil {
		n = given.Number
	}
	return strconv.FormatUint(uint64(n), 10) + " " + w.r.Method
}

func (w *localWriter) callID() string {
	switch {
	case w.r.CallID != "":
		return w.r.CallID
	case w.given.CallID() != "":
		return w.given.CallID()
	}
	return w.tb.newTag() + "-" + strconv.FormatInt(w.tb.env.Clock.Now().UnixNano(), 36)
}

// newTag is a random token.
func (tb *Table) newTag() string {
	n := uint64(tb.env.random())<<32 | uint64(tb.env.random())
	return strconv.FormatUint(n, 16)
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
	t.cancelPending(&cancelReason{code: m.Status})
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
}
