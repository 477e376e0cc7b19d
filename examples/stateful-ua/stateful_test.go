package statefulua

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

func start(t *testing.T) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: []string{"PORT=" + inproc.FreePort(t)}})
}

func TestAnswers(t *testing.T) {
	client := start(t).Peer("127.0.0.1:0")
	for _, c := range []struct{ method, uri, want string }{
		{"REGISTER", "sip:127.0.0.1", "200 OK"},
		{"MESSAGE", "sip:bob@127.0.0.1", "699 I don't want to chat with you"},
		{"MESSAGE", "sip:alpha@127.0.0.1", "409 Bizarre Error"},
	} {
		if got := inproc.StartLine(client.Ask(c.method, c.uri)); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.method, c.uri, got, c.want)
		}
	}
}

// TestRetransmission sends one request three times: the same answer comes each time, and the
// script acts once.
func TestRetransmission(t *testing.T) {
	s := start(t)
	client := s.Peer("127.0.0.1:0")
	request := client.Request("MESSAGE", "sip:bob@127.0.0.1")
	client.Send(request)
	first := client.Expect("699")
	for range 2 {
		client.Send(request)
		if again := client.Receive(); again != first {
			t.Errorf("another answer:\n%s\nafter\n%s", again, first)
		}
	}
	if n := strings.Count(s.Log(), "new transaction: MESSAGE"); n != 1 {
		t.Errorf("the script acted %d times", n)
	}
}

// TestInvite: the negative answer to an INVITE is acknowledged, and the ACK is absorbed.
func TestInvite(t *testing.T) {
	s := start(t)
	client := s.Peer("127.0.0.1:0")
	invite := client.Request("INVITE", "sip:bob@127.0.0.1")
	client.Send(invite)
	answer := client.Expect("699")
	ack := strings.NewReplacer("INVITE sip:", "ACK sip:", "CSeq: 1 INVITE", "CSeq: 1 ACK", "To: "+inproc.Header(invite, "To"), "To: "+inproc.Header(answer, "To")).Replace(invite)
	client.Send(ack)
	client.Send(client.Request("REGISTER", "sip:127.0.0.1"))
	client.Expect("200 OK")
	if n := strings.Count(s.Log(), "new transaction"); n != 1 {
		t.Errorf("the script acted %d times", n)
	}
}
