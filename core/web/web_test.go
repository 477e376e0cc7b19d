package web

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

var from = flow.Flow{Proto: flow.TCP, Conn: 7, Remote: netip.MustParseAddrPort("[::1]:4000")}

func request(t testing.TB, text string) *route.Message {
	t.Helper()
	m, err := Message(text, from)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return m
}

func TestMessage(t *testing.T) {
	m := request(t, "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
	if m.MethodName != "POST" || m.RequestURI != "/a?b" || m.Body() != "hi" || m.Find("Via").Value != "SIP/2.0/TCP [::1]:4000" || m.Find("host").Value != "x" {
		t.Errorf("%+v", m.Message)
	}
	if !m.NoReply || !InHand(m) || Answered(m) {
		t.Error("not an open request of HTTP")
	}
	if MarkAnswered(m); !Answered(m) {
		t.Error("not answered")
	}
	for _, text := range []string{"HTTP/1.1 200 OK\r\n\r\n", "OPTIONS sip:a SIP/2.0\r\n\r\n"} {
		if _, err := Message(text, from); !errors.Is(err, ErrNotRequest) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Message("GET /\r\n\r\n", from); err == nil {
		t.Error("a request without a version is taken")
	}
	if plain := new(route.Message); InHand(plain) || InHand(nil) || Answered(plain) {
		t.Error("any message is a request of HTTP")
	}
}

func TestKeeps(t *testing.T) {
	for text, want := range map[string]bool{
		"HTTP/1.1\r\n": true, "HTTP/1.1\r\nConnection: keep-alive, Close\r\n": false, "HTTP/1.0\r\n": false, "HTTP/1.0\r\nConnection: Keep-Alive\r\n": true,
	} {
		if m := request(t, "GET / "+text+"\r\n"); Keeps(m) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestResponse(t *testing.T) {
	for _, x := range []struct {
		name, request string
		script        func(m *route.Message)
		r             Response
		want          string
		closes        bool
	}{
		{"all", "GET / HTTP/1.1\r\n\r\n", func(m *route.Message) { m.Answer.Headers = []string{"X-A: 1\r\n"} },
			Response{Code: 200, Reason: "OK", ContentType: "a/b", Headers: []string{"X-B: 2\r\n"}, Server: "Server: s", Body: "hi"},
			"HTTP/1.1 200 OK|Sia: SIP/2.0/TCP [::1]:4000|X-A: 1|X-B: 2|Content-Type: a/b|Server: s|Content-Length: 2||hi", false},
		{"least", "GET / HTTP/1.1\r\n\r\n", nil, Response{Code: 404}, "HTTP/1.1 404 |Sia: SIP/2.0/TCP [::1]:4000|Content-Length: 0||", false},
		{"HEAD", "HEAD / HTTP/1.1\r\n\r\n", nil, Response{Code: 200, Body: "hi"}, "HTTP/1.1 200 |Sia: SIP/2.0/TCP [::1]:4000|Content-Length: 2||", false},
		{"client closes", "GET / HTTP/1.0\r\n\r\n", nil, Response{Code: 200}, "HTTP/1.1 200 |Sia: SIP/2.0/TCP [::1]:4000|Connection: close|Content-Length: 0||", true},
		{"script closes", "GET / HTTP/1.1\r\n\r\n", func(m *route.Message) { m.Reply = route.CloseAfter }, Response{Code: 200},
			"HTTP/1.1 200 |Sia: SIP/2.0/TCP [::1]:4000|Connection: close|Content-Length: 0||", true},
		{"upgrade", "GET / HTTP/1.1\r\n\r\n", func(m *route.Message) { m.Reply = route.CloseAfter }, Response{Code: 101, Upgrade: true},
			"HTTP/1.1 101 |Sia: SIP/2.0/TCP [::1]:4000||", false},
	} {
		m := request(t, x.request)
		if x.script != nil {
			x.script(m)
		}
		if got := strings.ReplaceAll(string(x.r.Append(nil, m)), "\r\n", "|"); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
		if closes := x.r.Mode(m)&route.CloseAfter != 0; closes != x.closes {
			t.Errorf("%s: closes %v", x.name, closes)
		}
	}
	for _, r := range []Response{{Code: 42}, {Code: 1000}, {Code: 200, Reason: "a\r\nX: b"}, {Code: 200, ContentType: "a\nb"}} {
		if r.Valid() {
			t.Errorf("%+v is a response", r)
		}
	}
}

// FuzzMessage: whatever comes, the view of a request has one header more and the same body.
func FuzzMessage(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	f.Add("POST /a HTTP/1.0\nContent-Length: 2\n\nhi")
	f.Add("GET /a HTTP/1.0\n Host: x\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Message(text, from)
		if err != nil {
			return
		}
		plain, err := sip.Parse(text)
		if err != nil || len(m.Headers) != len(plain.Headers)+1 || m.RequestURI != plain.RequestURI {
			t.Errorf("%q: %v, %d headers", text, err, len(m.Headers))
		}
		_ = Keeps(m)
	})
}
