package msilo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

func start(t *testing.T) *inproc.Server {
	t.Helper()
	url, port := dbtest.SQLite(t), inproc.FreePort(t)
	dbtest.Tables(t, url, "silo")
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: []string{
		"PORT=" + port, `PROXY="sip:127.0.0.1:` + port + `"`, fmt.Sprintf("DBURL=%q", url),
	}})
}

// message is a text for bob.
func message(p *inproc.Peer, text string) string {
	head := p.Request("MESSAGE", "sip:bob@mydomain.com", "From: <sip:alice@mydomain.com>;tag=1", "Content-Type: text/plain",
		fmt.Sprintf("Content-Length: %d", len(text)))
	return head + text
}

func register(p *inproc.Peer) string {
	return p.Request("REGISTER", "sip:mydomain.com", "From: <sip:bob@mydomain.com>;tag=2", "To: <sip:bob@mydomain.com>",
		fmt.Sprintf("Contact: <sip:bob@%v>", p.Addr))
}

// expectNotice takes the notification that comes back to the sender.
func expectNotice(t *testing.T, alice *inproc.Peer) {
	t.Helper()
	notice := alice.Expect("MESSAGE")
	if !strings.Contains(inproc.Header(notice, "From"), "sip:registrar@mydomain.com") || !strings.Contains(notice, "sip:bob@mydomain.com] is not online") {
		t.Errorf("the notification:\n%s", notice)
	}
	alice.Send(inproc.Reply(notice, 200, "OK"))
}

func TestOfflineMessage(t *testing.T) {
	s := start(t)
	alice, bob := s.Peer("127.0.0.1:0"), s.Peer("127.0.0.1:0")
	alice.Send(message(alice, "lunch?"))
	if first := alice.Receive(); strings.HasPrefix(first, "SIP/2.0 202 ") { // the notification goes round the server
		expectNotice(t, alice)
	} else {
		alice.Send(inproc.Reply(first, 200, "OK"))
		alice.Expect("202 Accepted")
	}

	bob.Send(register(bob))
	bob.Expect("200 OK")
	stored := bob.Expect("MESSAGE sip:bob@")
	if !strings.Contains(stored, "[Offline message - ") || !strings.HasSuffix(stored, "] lunch?") ||
		!strings.Contains(inproc.Header(stored, "From"), "sip:alice@mydomain.com") {
		t.Errorf("what bob got:\n%s", stored)
	}
	bob.Send(inproc.Reply(stored, 200, "OK"))

	bob.Send(register(bob)) // all is delivered: nothing but the answer comes
	bob.Expect("200 OK")
	bob.Silence(100 * time.Millisecond)
}

// TestPhoneWithoutMessages: bob's phone is registered but refuses the message, so it is stored.
func TestPhoneWithoutMessages(t *testing.T) {
	s := start(t)
	alice, bob := s.Peer("127.0.0.1:0"), s.Peer("127.0.0.1:0")
	bob.Send(register(bob))
	bob.Expect("200 OK")
	alice.Send(message(alice, "lunch?"))
	bob.Send(inproc.Reply(bob.Expect("MESSAGE"), 405, "Method Not Allowed"))
	for range 2 {
		m := alice.Receive()
		if strings.HasPrefix(m, "MESSAGE") {
			alice.Send(inproc.Reply(m, 200, "OK"))
		} else if !strings.HasPrefix(m, "SIP/2.0 202 ") {
			t.Errorf("alice got\n%s", m)
		}
	}
}

func TestOtherRequestsAreNotStored(t *testing.T) {
	alice := start(t).Peer("127.0.0.1:0")
	if got := alice.Ask("INVITE", "sip:bob@mydomain.com"); !strings.HasPrefix(got, "SIP/2.0 404 ") {
		t.Errorf("the answer:\n%s", got)
	}
}
