package msrp

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/msrp"
)

// TestBadInput: a clear reply or a closed connection, and whoever else is there notices nothing.
func TestBadInput(t *testing.T) {
	s := start(t)
	bob, path := session(t, s)
	good := s.Stream()
	to := path + " " + bob.URI
	hops := strings.TrimSuffix(strings.Repeat("msrp://h/x;tcp ", 200), " ")
	for _, x := range []struct{ name, text, reply string }{
		{"wrong end-line", frame(to, "Message-ID: 1\n", "-------abce$\n"), ""},
		{"wrong flag", frame(to, "Message-ID: 1\n", "-------abcd?\n"), ""},
		{"wrong flag behind content", frame(to, "Content-Type: a/b\n\nhello\n", "-------abcd?\n"), ""},
		{"negative range", frame(to, "Byte-Range: -1-5/5\n", "-------abcd$\n"), "MSRP abcd 400 "},
		{"range backwards", frame(to, "Byte-Range: 7-5/9\n", "-------abcd$\n"), "MSRP abcd 400 "},
		{"range past its total", frame(to, "Byte-Range: 1-10/9\n", "-------abcd$\n"), "MSRP abcd 400 "},
		{"a path of 200 hops", frame(path+" "+hops, "", "-------abcd$\n"), "MSRP abcd 400 "},
		{"endless header", frame(to, strings.Repeat("X: y\n", 10000), "-------abcd$\n"), ""},
		{"endless line", frame(to, "X: "+strings.Repeat("y", 50000), ""), ""},
		{"no To-Path", strings.ReplaceAll("MSRP abcd SEND\nFrom-Path: msrp://a/b;tcp\n-------abcd$\n", "\n", "\r\n"), ""},
		{"endless first line", "MSRP " + strings.Repeat("x", 100000), ""},
	} {
		p := s.Stream()
		_ = p.Write(x.text) // the server may close before all of it is written
		if x.reply == "" {
			if got := p.Rest(); got != "" {
				t.Errorf("%s got %q", x.name, got)
			}
		} else if f := p.Receive(); !strings.HasPrefix(f.Raw, x.reply) {
			t.Errorf("%s got\n%s", x.name, f.Raw)
		}
		good.Send(good.Frame("good", "SEND", to, headers(1, 2), "hi", msrp.Complete))
		if f := bob.Receive(); f.ID != "good" || f.Body != "hi" {
			t.Fatalf("after %s bob got\n%s", x.name, f.Raw)
		}
		good.Receive()
	}
}

// frame is a SEND from nobody.
func frame(to, headers, end string) string {
	return strings.ReplaceAll("MSRP abcd SEND\nTo-Path: "+to+"\nFrom-Path: msrp://a/b;tcp\n"+headers+end, "\n", "\r\n")
}

// TestOverlappingRanges: chunks that overlap are the receiver's to put together (RFC 4975 7.3.1); they pass.
func TestOverlappingRanges(t *testing.T) {
	s := start(t)
	bob, path := session(t, s)
	alice := s.Stream()
	for _, span := range []string{"1-5/9", "3-9/9"} {
		alice.Send(alice.Frame("over", "SEND", path+" "+bob.URI, "Message-ID: 1\nByte-Range: "+span+"\nContent-Type: a/b\n", "hello", msrp.Partial))
		if f := bob.Receive(); f.Header("Byte-Range") != span || f.Flag != msrp.Partial {
			t.Errorf("bob got\n%s", f.Raw)
		}
		alice.Receive()
	}
}

// TestAuthFlood: one connection gets a bounded number of sessions and then clear refusals; others get theirs.
func TestAuthFlood(t *testing.T) {
	s := start(t)
	flood := s.Stream()
	granted := 0
	for range 1500 {
		switch f := flood.Ask("auth", "AUTH", "msrp://relay;tcp", ""); f.Code {
		case 200:
			granted++
		case 403:
		default:
			t.Fatalf("the flood got\n%s", f.Raw)
		}
	}
	if granted != 1024 {
		t.Errorf("%d sessions were granted", granted)
	}
	session(t, s)
}
