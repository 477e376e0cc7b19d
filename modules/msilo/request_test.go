package msilo

import (
	"strings"
	"testing"
	"time"
)

func sample() *message {
	return &message{
		id: 7, from: "sip:alice@h.test", to: "sip:bob@h.test", body: "hello", contentType: "text/plain",
		headers: "X-Note: 1\r\n", received: 1_000_000_000, sendAt: 1_100_000_000,
	}
}

func TestOfflineRequest(t *testing.T) {
	s := &state{addDate: 1, addContact: 1, outboundProxy: "sip:proxy.test"}
	r := s.offline(sample(), "X-Extra: 2\r\n")
	const want = "From: <sip:alice@h.test>\r\nTo: <sip:bob@h.test>\r\nDate: Sun, 09 Sep 2001 01:46:40 GMT\r\n" +
		"Content-Type: text/plain\r\nContact: <sip:alice@h.test>;msilo=yes\r\nX-Extra: 2\r\nX-Note: 1\r\n"
	if r.Headers != want {
		t.Errorf("headers\n%q, want\n%q", r.Headers, want)
	}
	if got := "[Offline message - " + time.Unix(1_000_000_000, 0).Format(time.ANSIC) + "] hello"; r.Body != got {
		t.Errorf("body %q, want %q", r.Body, got)
	}
	if r.URI != "sip:bob@h.test" || r.NextHop != "sip:proxy.test" || r.Method != "MESSAGE" {
		t.Errorf("%+v", r)
	}
}

func TestReminderRequest(t *testing.T) {
	s := &state{addDate: 1, reminder: "sip:clock@h.test"}
	m := sample()
	m.contentType = "text/html"
	r := s.reminding(m)
	if r.Headers != "From: <sip:clock@h.test>\r\nTo: <sip:bob@h.test>\r\nContent-Type: text/html\r\n" {
		t.Errorf("headers %q", r.Headers)
	}
	if got := "[Reminder message - " + time.Unix(1_100_000_000, 0).Format(time.ANSIC) + "] hello"; r.Body != got {
		t.Errorf("body %q, want %q", r.Body, got)
	}
}

func TestBodiesWithoutATime(t *testing.T) {
	for name, c := range map[string]struct {
		addDate           int
		contentType, body string
	}{
		"switched off":  {0, "text/plain", "hello"},
		"no plain text": {1, "text/html", "<b>hello</b>"},
		"long":          {1, "text/plain", strings.Repeat("x", 979)},
	} {
		m := sample()
		m.contentType, m.body = c.contentType, c.body
		s := &state{addDate: c.addDate}
		if r := s.offline(m, ""); r.Body != c.body {
			t.Errorf("%s: %q", name, r.Body)
		}
	}
	m := sample()
	m.body = strings.Repeat("x", 978)
	if r := (&state{addDate: 1}).offline(m, ""); !strings.HasPrefix(r.Body, "[Offline") {
		t.Error("a body that has room for the time is sent without")
	}
}

// TestCallID: a message keeps its identity, and another one does not have it, even with the same number.
func TestCallID(t *testing.T) {
	s := new(state)
	id := s.callID(sample())
	if again := s.callID(sample()); again != id {
		t.Errorf("%s, then %s", id, again)
	}
	for name, change := range map[string]func(*message){
		"number": func(m *message) { m.id++ }, "time": func(m *message) { m.received++ }, "body": func(m *message) { m.body += "!" },
		"sender": func(m *message) { m.from += "x" }, "headers": func(m *message) { m.headers = "" },
	} {
		m := sample()
		if change(m); s.callID(m) == id {
			t.Errorf("another %s, the same Call-ID %s", name, id)
		}
	}
	m := sample()
	m.callID = "original@h.test"
	if s.callID(m) != id {
		t.Error("use_mode=0 takes the stored Call-ID")
	}
	s.useMode = 1
	if got := s.callID(m); got != "original@h.test" {
		t.Errorf("with use_mode=1: %s", got)
	}
}

func BenchmarkOffline(b *testing.B) {
	s, m := &state{addDate: 1}, sample()
	b.ReportAllocs()
	for b.Loop() {
		s.offline(m, "")
	}
}
