package traffic

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// whole tells whether a text is one message, as its length says.
func whole(text string) error {
	head, body, ok := strings.Cut(text, "\r\n\r\n")
	if !ok {
		return fmt.Errorf("no end of the headers")
	}
	_, rest, _ := strings.Cut(head, "Content-Length: ")
	if length, _, _ := strings.Cut(rest, "\r\n"); length != strconv.Itoa(len(body)) {
		return fmt.Errorf("the length says %s, the body has %d bytes", length, len(body))
	}
	if strings.Contains(head, "%!") {
		return fmt.Errorf("a verb without its value")
	}
	return nil
}

func TestRequestsAreWhole(t *testing.T) {
	for _, kind := range []Case{Call, Message, Register, Options} {
		c := newCaller(Load{Case: kind, Transport: "udp", Count: 8, Users: 3})
		c.near = []string{"127.0.0.1:4711"}
		text := string(c.request(7))
		if err := whole(text); err != nil {
			t.Errorf("%s: %v in\n%s", kind, err, text)
		}
		var m message
		if !m.read([]byte(text)) || number(m.callID) != 7 {
			t.Errorf("%s cannot be read", kind)
		}
	}
}

// back keeps what is sent.
type back struct{ sent []string }

func (b *back) send(data []byte) error {
	b.sent = append(b.sent, string(data))
	return nil
}

func newTestCallee() *Callee {
	return &Callee{address: "127.0.0.1:5090", udp: true, unseen: map[string]*answer{}, contact: "Contact: <sip:bob@127.0.0.1:5090>\r\n"}
}

const relayed = "INVITE sip:u0-%d@127.0.0.1:5090 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK2\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n" +
	"Record-Route: <sip:127.0.0.1;lr>\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: 0.x@bench\r\nCSeq: 1 INVITE\r\n\r\n"

// statuses are the first lines of what was sent.
func (b *back) statuses() string {
	var lines []string
	for _, text := range b.sent {
		first, _, _ := strings.Cut(text, "\r\n")
		lines = append(lines, strings.TrimPrefix(first, "SIP/2.0 "))
	}
	return strings.Join(lines, ", ")
}

func TestCallee(t *testing.T) {
	cancel := strings.ReplaceAll(relayed, "INVITE", "CANCEL")
	bye := strings.ReplaceAll(strings.ReplaceAll(relayed, "INVITE", "BYE"), "<sip:b@b>", "<sip:b@b>;tag=u0-0")
	for _, x := range []struct{ name, in, want string }{
		{"the branch that answers", fmt.Sprintf(relayed, 0), "180 Ringing, 200 OK"},
		{"the branch that rings", fmt.Sprintf(relayed, 1), "180 Ringing"},
		{"a branch that is cancelled", fmt.Sprintf(cancel, 1), "200 OK, 487 Request Terminated"},
		{"a call that ends", fmt.Sprintf(bye, 0), "200 OK"},
		{"a reply", "SIP/2.0 200 OK\r\nCall-ID: 0.x@bench\r\nCSeq: 1 INVITE\r\n\r\n", ""},
	} {
		b := &back{}
		newTestCallee().receiver()(time.Time{}, []byte(x.in), b)
		if got := b.statuses(); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
		for _, text := range b.sent {
			if err := whole(text); err != nil || strings.Count(text, "Via: ") != 2 || strings.Count(text, ";tag=u0-") != 1 {
				t.Errorf("%s: %v in\n%s", x.name, err, text)
			}
		}
	}
}

// TestAnswerIsRepeated: the 200 goes out again until its ACK is seen.
func TestAnswerIsRepeated(t *testing.T) {
	c, b := newTestCallee(), &back{}
	receive := c.receiver()
	receive(time.Time{}, fmt.Appendf(nil, relayed, 0), b)
	now := time.Now()
	if n := len(c.due(now)); n != 0 {
		t.Errorf("%d answers were repeated at once", n)
	}
	if n := len(c.due(now.Add(again))); n != 1 {
		t.Errorf("%d answers were repeated after %v", n, again)
	}
	receive(time.Time{}, []byte(strings.ReplaceAll(fmt.Sprintf(relayed, 0), "INVITE", "ACK")), b)
	if n := len(c.due(now.Add(2 * again))); n != 0 || len(c.order) != 0 {
		t.Errorf("%d answers were repeated after the ACK", n)
	}
}

// TestCall plays the caller against the callee, with nobody between.
func TestCall(t *testing.T) {
	c, callee := newCaller(Load{Case: Call, Transport: "udp", Count: 1}), newTestCallee()
	caller, answerer := &back{}, &back{}
	c.links, c.near = []link{caller}, []string{"127.0.0.1:4711"}
	receive, answers := c.receiver(), callee.receiver()
	now := time.Now()
	if err := c.begin(0); err != nil {
		t.Fatal(err)
	}
	pass := func() { // what the one has sent to the other
		for _, text := range caller.sent {
			answers(now, bytes.Replace([]byte(text), []byte("u0@"), []byte("u0-0@"), 1), answerer)
		}
		caller.sent = nil
		for _, text := range answerer.sent {
			receive(now.Add(time.Millisecond), []byte(text), caller)
		}
		answerer.sent = nil
	}
	pass() // 180, 200 and the ACK
	pass()
	if c.operations[0].stage != talking || len(callee.unseen) != 0 {
		t.Fatalf("the call is at stage %d, %d answers without ACK", c.operations[0].stage, len(callee.unseen))
	}
	c.later(now.Add(time.Minute))
	pass()
	if !c.finished() || c.done != 1 || len(c.result.Latency) != 1 {
		t.Errorf("done %d, latencies %v", c.done, c.result.Latency)
	}
}

func TestRequestIsRepeated(t *testing.T) {
	c, b := newCaller(Load{Case: Options, Transport: "udp", Count: 1}), &back{}
	c.links, c.near = []link{b}, []string{"127.0.0.1:4711"}
	_ = c.begin(0)
	now := c.operations[0].sent
	c.later(now.Add(again / 2))
	c.later(now.Add(again))
	c.later(now.Add(again + again/2))
	c.later(now.Add(2 * again))
	if len(b.sent) != 3 || c.result.Resent != 2 {
		t.Errorf("sent %d times, %d of them repeated", len(b.sent), c.result.Resent)
	}
}

func TestMessagesOfAStream(t *testing.T) {
	one := "SIP/2.0 200 OK\r\nCall-ID: 1\r\nContent-Length: 3\r\n\r\nabc"
	for _, x := range []struct {
		data string
		want int
	}{{one, len(one)}, {one + one, len(one)}, {one[:len(one)-1], 0}, {"SIP/2.0 200 OK\r\n", 0}, {"", 0}} {
		if got := messageSize([]byte(x.data)); got != x.want {
			t.Errorf("%q: %d, want %d", x.data, got, x.want)
		}
	}
}

func TestPace(t *testing.T) {
	even := Load{Rate: 4000}
	if at := even.begins(3); at != 750*time.Microsecond {
		t.Errorf("the third of 4000/s begins after %v", at)
	}
	even.Gather = time.Millisecond
	if a, b := even.begins(3), even.begins(4); a != 0 || b != time.Millisecond {
		t.Errorf("gathered, they begin after %v and %v", a, b)
	}
}
