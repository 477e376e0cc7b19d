package kemibasic

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

const script = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi-lua.lua"

func start(t *testing.T) *inproc.Server {
	t.Helper()
	if _, err := os.Stat(script); err != nil {
		t.Skip("left out: the script of Debian's kamailio package is not on this machine")
	}
	dir := t.TempDir()
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: []string{
		"PORT=" + inproc.FreePort(t), fmt.Sprintf("CTL=%q", "unix:"+dir+"/ctl"), fmt.Sprintf("RPC=%q", dir+"/rpc"),
	}})
}

func TestCall(t *testing.T) {
	s := start(t)
	alice, bob := s.Peer("127.0.0.1:0"), s.Peer("127.0.0.1:0")
	contact := "Contact: <sip:bob@" + bob.Addr.String() + ">"
	bob.Send(bob.Request("REGISTER", "sip:example.test", "To: <sip:bob@example.test>", contact))
	bob.Expect("200 OK")

	invite := alice.Request("INVITE", "sip:bob@example.test")
	alice.Send(invite)
	alice.Expect("100 trying")
	offered := bob.Expect("INVITE")
	bob.Send(inproc.Reply(offered, 180, "Ringing", contact))
	alice.Expect("180 Ringing")
	bob.Send(inproc.Reply(offered, 200, "OK", contact))
	answer := alice.Expect("200 OK")

	dialog := []string{"To: " + inproc.Header(answer, "To"), "From: " + inproc.Header(invite, "From"),
		"Call-ID: " + inproc.Header(invite, "Call-ID"), "Route: " + inproc.Header(answer, "Record-Route")}
	target := "sip:bob@" + bob.Addr.String()
	alice.Send(alice.Request("ACK", target, dialog...))
	bob.Expect("ACK")
	alice.Send(alice.Request("BYE", target, append(dialog, "CSeq: 2 BYE")...))
	bob.Send(inproc.Reply(bob.Expect("BYE"), 200, "OK"))
	alice.Expect("200 OK")
	for _, line := range []string{"ACC: transaction answered: ", "method=INVITE", "method=BYE"} {
		if !strings.Contains(s.Log(), line) {
			t.Errorf("the log has no %q", line)
		}
	}
}

func TestAnswers(t *testing.T) {
	alice := start(t).Peer("127.0.0.1:0")
	for _, c := range []struct{ method, uri, header, want string }{
		{"OPTIONS", "sip:example.test", "Max-Forwards: 70", "200 Keepalive"},
		{"INVITE", "sip:nobody@example.test", "Max-Forwards: 0", "483 Too Many Hops"},
		{"MESSAGE", "sip:nobody@example.test", "Max-Forwards: 70", "404 Not Found"},
		{"OPTIONS", "sip:nobody@example.test", "User-Agent: friendly-scanner", "200 OK"},
	} {
		if got := inproc.StartLine(alice.Ask(c.method, c.uri, c.header)); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s %s %s: %q, want %q", c.method, c.uri, c.header, got, c.want)
		}
	}
}
