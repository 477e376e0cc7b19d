package route

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

// TestForwardedTwice checks that a second copy carries what the way out added to the first one, as the incumbent's does.
func TestForwardedTwice(t *testing.T) {
	m := take(t, "OPTIONS sip:b@b.example SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;rport\nTo: <sip:b@b.example>\n\n", "192.0.2.7:5070")
	o := &Outgoing{Flow: flow.Flow{Proto: flow.UDP, Local: m.Flow.Local}, Branch: "z9hG4bKown"}
	first := string(AppendRequest(nil, m, o))
	m.KeepForwarded()
	if !m.Edits.Empty() {
		t.Error("a change before anything was forwarded")
	}
	m.Forwarded(o)
	m.KeepForwarded()
	second := string(AppendRequest(nil, m, o))
	if n := strings.Count(first, ";branch=z9hG4bKown"); n != 1 {
		t.Errorf("the first has %d Vias of ours", n)
	}
	if n := strings.Count(second, ";branch=z9hG4bKown"); n != 2 {
		t.Errorf("the second has %d Vias of ours:\n%s", n, second)
	}
	if want := "192.0.2.1;received=192.0.2.7;received=192.0.2.7;branch=z9hG4bKa;rport=5070;rport=5070\r\n"; !strings.Contains(second, want) {
		t.Errorf("the second lacks %q:\n%s", want, second)
	}
	m.Forwarded(o)
	if err := m.ApplyChanges(); err != nil || strings.Count(m.Raw, "Via:") != 3 || !m.Edits.Empty() {
		t.Errorf("after the changes are applied: %v\n%s", err, m.Raw)
	}
}

// TestKeptLength checks that Content-Length follows only the changes that it has to.
func TestKeptLength(t *testing.T) {
	m := take(t, "OPTIONS sip:b@b.example SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1\nContent-Length: 5\n\nhello", "192.0.2.1:5060")
	m.Edits.Add(Edit{At: m.BodyStart, Del: 1, Text: "JJJ", KeepsLength: true})
	if got := m.Changed(); !strings.HasSuffix(got, "Content-Length: 5\r\n\r\nJJJello") {
		t.Errorf("got %q", got)
	}
	m.Edits.Insert(len(m.Raw), "!")
	if got := m.Changed(); !strings.HasSuffix(got, "Content-Length: 6\r\n\r\nJJJello!") {
		t.Errorf("got %q", got)
	}
}

// TestRecordRouteWaits checks that changes cannot be applied while one needs the way out.
func TestRecordRouteWaits(t *testing.T) {
	m := take(t, "OPTIONS sip:b@b.example SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1\n\n", "192.0.2.1:5060")
	m.Edits.Add(Edit{At: m.HeadersStart, Render: func(*Outgoing) string { return "Record-Route: <sip:x>\r\n" }})
	if err := m.ApplyChanges(); err == nil || m.Edits.Empty() {
		t.Errorf("error %v, %d changes left", err, len(m.Edits.List()))
	}
}
