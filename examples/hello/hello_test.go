package hello

import (
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// start runs routes.lua with the configuration that "moonroute routes.lua" brings, on another port.
func start(t *testing.T) *inproc.Server {
	t.Helper()
	cfg, err := os.ReadFile("../../cmd/moonroute/default.cfg")
	if err != nil {
		t.Fatal(err)
	}
	url := dbtest.SQLite(t)
	dbtest.Tables(t, url)
	text := strings.NewReplacer("127.0.0.1:5060", "127.0.0.1:"+inproc.FreePort(t), "@SCRIPT@", "routes.lua", "sqlite://@DIR@/moonroute.db", url).Replace(string(cfg))
	return inproc.Start(t, inproc.Options{Config: text})
}

func TestCall(t *testing.T) {
	s := start(t)
	alice, bob := s.Peer("127.0.0.1:0"), s.Peer("127.0.0.1:0")
	bob.Send(bob.Request("REGISTER", "sip:127.0.0.1", "To: <sip:bob@127.0.0.1>", "Contact: <sip:bob@"+bob.Addr.String()+">", "Expires: 600"))
	bob.Expect("200 OK")

	invite := alice.Request("INVITE", "sip:bob@127.0.0.1")
	alice.Send(invite)
	alice.Expect("100 ")
	offered := bob.Expect("INVITE sip:bob@" + bob.Addr.String())
	bob.Send(inproc.Reply(offered, 200, "OK", "Contact: <sip:bob@"+bob.Addr.String()+">"))
	answer := alice.Expect("200 OK")

	dialog := []string{"To: " + inproc.Header(answer, "To"), "From: " + inproc.Header(invite, "From"),
		"Call-ID: " + inproc.Header(invite, "Call-ID"), "Route: " + inproc.Header(answer, "Record-Route")}
	target := "sip:bob@" + bob.Addr.String()
	alice.Send(alice.Request("ACK", target, dialog...))
	bob.Expect("ACK")
	alice.Send(alice.Request("BYE", target, append(dialog, "CSeq: 2 BYE")...))
	bob.Send(inproc.Reply(bob.Expect("BYE"), 200, "OK"))
	alice.Expect("200 OK")
}

func TestAnswers(t *testing.T) {
	alice := start(t).Peer("127.0.0.1:0")
	for _, c := range []struct{ method, uri, header, want string }{
		{"OPTIONS", "sip:127.0.0.1", "", "200 Hello"},
		{"OPTIONS", "sip:nobody@127.0.0.1", "", "404 Not Found"},
		{"OPTIONS", "sip:someone@example.com", "", "403 Not relaying"},
		{"OPTIONS", "sip:127.0.0.1", "Max-Forwards: 0", "483 Too Many Hops"},
		{"BYE", "sip:nobody@127.0.0.1", "To: <sip:nobody@127.0.0.1>;tag=old", "404 Not here"},
	} {
		headers := []string{c.header}
		if c.header == "" {
			headers = nil
		}
		if got := inproc.StartLine(alice.Ask(c.method, c.uri, headers...)); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s %s %s: %q, want %q", c.method, c.uri, c.header, got, c.want)
		}
	}
}
