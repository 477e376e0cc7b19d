package tm

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

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
	m.AdvertiseHost, m.AdvertisePort = tb.env.AdvertiseHost, tb.env.AdvertisePort
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
