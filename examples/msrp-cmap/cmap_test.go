package msrpcmap

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/tests/inproc"
)

func start(t *testing.T, defines ...string) (s *inproc.Server, relay string) {
	t.Helper()
	port := inproc.FreePort(t)
	defines = append(defines, "PORT="+port, fmt.Sprintf("USE_PATH=%q", "msrp://127.0.0.1:"+port))
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: defines}), "msrp://127.0.0.1:" + port + ";tcp"
}

// session is a client with its path.
func session(t *testing.T, s *inproc.Server, relay string) (p *inproc.Stream, path string) {
	t.Helper()
	p = s.Stream()
	f := p.Auth("alice", "xyz123", relay, "")
	if f.Code != 200 || f.Header("Use-Path") == "" {
		t.Fatalf("no session but\n%s", f.Raw)
	}
	return p, f.Header("Use-Path")
}

// TestTwoHops: both ends have a session at the relay, so that a frame passes it twice.
func TestTwoHops(t *testing.T) {
	s, relay := start(t)
	alice, alicePath := session(t, s, relay)
	bob, bobPath := session(t, s, relay)
	alice.Send(alice.Frame("aaaa", "SEND", alicePath+" "+bobPath+" "+bob.URI, "Message-ID: 1\nByte-Range: 1-5/5\nSuccess-Report: yes\nContent-Type: text/plain\n", "hello", msrp.Complete))
	if f := alice.Receive(); f.Code != 200 {
		t.Errorf("alice got\n%s", f.Raw)
	}
	f := bob.Receive()
	if f.Body != "hello" || string(f.From) != bobPath+" "+alicePath+" "+alice.URI {
		t.Fatalf("bob got\n%s", f.Raw)
	}
	bob.Send(bob.Frame("aaaa", "200 OK", bobPath, "", "", msrp.Complete))
	bob.Send(bob.Frame("bbbb", "REPORT", string(f.From), "Message-ID: 1\nByte-Range: 1-5/5\nStatus: 000 200 OK\n", "", msrp.Complete))
	if f := alice.Receive(); f.Method != "REPORT" || f.Header("Status") != "000 200 OK" || string(f.To) != alice.URI {
		t.Errorf("alice got\n%s", f.Raw)
	}
}

// TestFailureReport: a SEND that its receiver refuses is reported to its sender.
func TestFailureReport(t *testing.T) {
	s, relay := start(t)
	alice := s.Stream()
	bob, path := session(t, s, relay)
	alice.Send(alice.Frame("aaaa", "SEND", path+" "+bob.URI, "Message-ID: 1\nByte-Range: 1-5/5\nContent-Type: text/plain\n", "hello", msrp.Complete))
	alice.Receive()
	bob.Receive()
	bob.Send(bob.Frame("aaaa", "415 What", path, "", "", msrp.Complete))
	if f := alice.Receive(); f.Method != "REPORT" || f.Header("Status") != "000 415 What" || string(f.From) != path {
		t.Errorf("alice got\n%s", f.Raw)
	}
}

// TestTwoRelays: a client gets a session of a relay behind another one, whose answers find their way back.
func TestTwoRelays(t *testing.T) {
	near, nearRelay := start(t)
	_, farRelay := start(t)
	alice := near.Stream()
	f := alice.Auth("alice", "xyz123", nearRelay+" "+farRelay, "")
	if f.Code != 200 || !strings.HasPrefix(f.Header("Use-Path"), strings.TrimSuffix(farRelay, ";tcp")+"/") || string(f.To) != alice.URI {
		t.Errorf("alice got\n%s", f.Raw)
	}
}

func TestInterval(t *testing.T) {
	s, relay := start(t)
	alice := s.Stream()
	for expires, want := range map[string]string{"1": "Min-Expires: 60", "9999": "Max-Expires: 3600", "x": "Min-Expires: 60"} {
		if f := alice.Auth("alice", "xyz123", relay, "Expires: "+expires+"\n"); f.Code != 423 || !strings.Contains(f.Head, want) {
			t.Errorf("Expires %s:\n%s", expires, f.Raw)
		}
	}
}

func TestUnknownSession(t *testing.T) {
	s, relay := start(t)
	alice := s.Stream()
	if f := alice.Ask("aaaa", "SEND", strings.Replace(relay, ";", "/msrp-x;", 1)+" msrp://b:1/x;tcp", "Message-ID: 1\n"); f.Code != 481 {
		t.Errorf("alice got\n%s", f.Raw)
	}
}

// TestSessionWhoseClientLeft: nobody is called for a client that is gone.
func TestSessionWhoseClientLeft(t *testing.T) {
	s, relay := start(t)
	alice := s.Stream()
	bob, path := session(t, s, relay)
	bob.Close()
	inproc.Eventually(t, "the server sees the end of a connection", func() bool { return len(s.Core.Transports().Connections()) == 1 })
	alice.Send(alice.Frame("aaaa", "SEND", path+" "+bob.URI, "Message-ID: 1\nContent-Type: text/plain\n", "hello", msrp.Complete))
	if f := alice.Receive(); f.Code != 481 {
		t.Errorf("alice got\n%s", f.Raw)
	}
}
