package msrphtable

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/tests/inproc"
)

func start(t *testing.T) (s *inproc.Server, relay string) {
	t.Helper()
	port := inproc.FreePort(t)
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: []string{"PORT=" + port}}), "msrp://127.0.0.1:" + port + ";tcp"
}

func TestRelay(t *testing.T) {
	s, relay := start(t)
	alice, bob := s.Stream(), s.Stream()
	granted := bob.Auth("bob", "xyz123", relay, "")
	path := granted.Header("Use-Path")
	if granted.Code != 200 || !strings.Contains(path, "/s.") || granted.Header("Expires") != "3600" {
		t.Fatalf("bob's session:\n%s", granted.Raw)
	}

	alice.Send(alice.Frame("aaaa", "SEND", path+" "+bob.URI, "Message-ID: 1\nByte-Range: 1-5/5\nContent-Type: text/plain\n", "hello", msrp.Complete))
	if f := alice.Receive(); f.Code != 200 || f.ID != "aaaa" {
		t.Errorf("alice got\n%s", f.Raw)
	}
	f := bob.Receive()
	if f.Body != "hello" || f.ID != "aaaa" || string(f.From) != path+" "+alice.URI || string(f.To) != bob.URI {
		t.Errorf("bob got\n%s", f.Raw)
	}
	bob.Send(bob.Frame("aaaa", "200 OK", path, "", "", msrp.Complete))
	alice.Silence(50 * time.Millisecond)
}

func TestRefusals(t *testing.T) {
	s, relay := start(t)
	alice := s.Stream()
	for _, x := range []struct {
		headers, header, want string
		code                  int
	}{
		{"Expires: 10\n", "Min-Expires", "1800", 423},
		{"Expires: 99999\n", "Max-Expires", "3600", 423},
		{"Expires: 2000\n", "Expires", "2000", 200},
	} {
		if f := alice.Auth("alice", "xyz123", relay, x.headers); f.Code != x.code || f.Header(x.header) != x.want {
			t.Errorf("%q got\n%s", x.headers, f.Raw)
		}
	}
	if f := alice.Auth("alice", "guess", relay, ""); f.Code != 401 {
		t.Errorf("a wrong password got\n%s", f.Raw)
	}
	if f := alice.Ask("aaaa", "SEND", strings.Replace(relay, ";", "/none;", 1)+" msrp://b:1/x;tcp", "Message-ID: 1\n"); f.Code != 481 {
		t.Errorf("an unknown session got\n%s", f.Raw)
	}
	if f := alice.Ask("aaab", "NICKNAME", relay, ""); f.Code != 501 {
		t.Errorf("an unknown method got\n%s", f.Raw)
	}
}

// TestSharedPort: SIP goes on over the same connection.
func TestSharedPort(t *testing.T) {
	s, relay := start(t)
	alice := s.Stream()
	alice.Auth("alice", "xyz123", relay, "")
	alice.Send("OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n" +
		"hello\r\n")
	if got := alice.Rest(); !strings.HasPrefix(got, "SIP/2.0 403 ") {
		t.Errorf("alice got %q", got)
	}
}
