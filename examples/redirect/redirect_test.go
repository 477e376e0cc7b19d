package redirect

import (
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

func TestRedirect(t *testing.T) {
	s := inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: []string{"PORT=" + inproc.FreePort(t)}})
	client := s.Peer("127.0.0.1:0")
	client.Send(client.Request("REGISTER", "sip:127.0.0.1"))
	client.Expect("200 OK")

	client.Send(client.Request("INVITE", "sip:bob@127.0.0.1"))
	answer := client.Expect("300 Redirect")
	const want = "<sip:office@pbx.example.test:5080>, <sip:mobile@gateway.example.test>"
	if got := inproc.Header(answer, "Contact"); got != want {
		t.Errorf("Contact: %s, want %s", got, want)
	}

	client.Send(client.Request("ACK", "sip:bob@127.0.0.1"))
	client.Send(client.Request("OPTIONS", "sip:bob@127.0.0.1"))
	client.Expect("300 Redirect") // and no answer to the ACK before it
}
