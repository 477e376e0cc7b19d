package sim

import (
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/sip"
)

// request writes a caller's request. An empty tag is that of no dialog yet.
func (x *call) request(method, uri, branch, tag string, cseq int) string {
	to := "<sip:callee@proxy.example>"
	if tag != "" {
		to += ";tag=" + tag
	}
	return method + " " + uri + " SIP/2.0\r\n" +
		"Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK" + branch + "\r\n" +
		"Max-Forwards: 70\r\n" +
		"From: <sip:caller@proxy.example>;tag=f" + x.id + "\r\n" +
		"To: " + to + "\r\n" +
		"Call-ID: " + x.id + "\r\n" +
		"CSeq: " + strconv.Itoa(cseq) + " " + method + "\r\n" +
		"Contact: <sip:caller@10.1.0.1>\r\n" +
		"Content-Length: 0\r\n\r\n"
}

// answer writes a callee's reply to a request.
func answer(m *sip.Message, code int, tag, contact string) string {
	b := sip.AppendStatusLine(make([]byte, 0, len(m.Raw)), code, "")
	for i := range m.Headers {
		h := &m.Headers[i]
		switch h.Type {
		case sip.HdrVia, sip.HdrFrom, sip.HdrCallID, sip.HdrCSeq:
			b = append(b, m.Raw[h.Start:h.End]...)
		case sip.HdrTo:
			to, _ := m.To()
			b = append(append(b, "To: "...), h.Value...)
			if to.Tag == "" {
				b = append(append(b, ";tag="...), tag...)
			}
			b = append(b, "\r\n"...)
		}
	}
	if contact != "" {
		b = sip.AppendHeader(b, "Contact", "<"+contact+">")
	}
	return string(sip.AppendBody(b, ""))
}

// The times of RFC 3261 17.1.1.1.
const (
	t1     = 500 * time.Millisecond
	t2     = 4 * time.Second
	giveUp = 64 * t1
)

// repetition sends a message at doubling intervals: timers A, E and G of RFC 3261, and the 2xx of 13.3.1.4.
type repetition struct {
	from     *peer
	text     string
	longest  time.Duration // interval
	done     func() bool
	expired  func() // after 64*T1; may be nil
	interval time.Duration
	end      time.Duration
}

func (r repetition) start() {
	r.interval, r.end = t1, r.from.w.now()+giveUp
	r.step()
}

func (r *repetition) step() {
	w := r.from.w
	if r.done() {
		return
	}
	left := r.end - w.now()
	if left <= 0 {
		if r.expired != nil {
			r.expired()
		}
		return
	}
	r.from.send(r.text)
	w.net.After(min(r.interval, left), r.step)
	r.interval = min(2*r.interval, r.longest)
}

// parse reads a message that is known to be good.
func parse(data string) *sip.Message {
	m, err := sip.Parse(data)
	if err != nil {
		panic(err)
	}
	return m
}
