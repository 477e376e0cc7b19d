package route

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/sip"
)

func TestApplyChanges(t *testing.T) {
	m := take(t, invite, "192.0.2.7:4000")
	m.SetURI("sip:new@x")
	m.DstURI = "sip:next@x"
	m.Edits.Insert(m.HeadersEnd, "A: 1\r\n")
	m.Edits.Replace(m.BodyStart, len("body"), "longer body")
	m.RemoveHeader(m.First(sip.HdrRecordRoute))
	if err := m.ApplyChanges(); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("sip:bob@b.example SIP", "sip:new@x SIP", "Record-Route: <sip:p.example;lr>\n", "",
		"Content-Length: 4\n\nbody", "Content-Length: 11\r\nA: 1\r\n\r\nlonger body", "\n", "\r\n").Replace(invite)
	if m.Raw != want {
		t.Errorf("got  %q\nwant %q", m.Raw, want)
	}
	if !m.Edits.Empty() || m.RequestURI != "sip:new@x" || m.CurrentURI() != "sip:new@x" || m.DstURI != "sip:next@x" {
		t.Errorf("the hand: %q %q %q", m.RequestURI, m.CurrentURI(), m.DstURI)
	}
	if h := m.Find("A"); h == nil || h.Value != "1" || m.Body() != "longer body" {
		t.Error("the changes cannot be read")
	}
}

// TestApplyReply keeps our own Via, which only sending takes off.
func TestApplyReply(t *testing.T) {
	reply := strings.Replace(invite, "INVITE sip:bob@b.example SIP/2.0", "SIP/2.0 200 OK", 1)
	m := take(t, reply, "192.0.2.7:4000")
	m.Edits.Insert(m.HeadersStart, "I: 1\r\n")
	if err := m.ApplyChanges(); err != nil {
		t.Fatal(err)
	}
	if want := strings.NewReplacer("200 OK\n", "200 OK\r\nI: 1\r\n", "\n", "\r\n").Replace(reply); m.Raw != want {
		t.Errorf("got  %q\nwant %q", m.Raw, want)
	}
}

// TestApplyRefuses leaves the message as it was when the changes break it.
func TestApplyRefuses(t *testing.T) {
	m := take(t, invite, "192.0.2.7:4000")
	before := m.Raw
	m.Edits.Insert(m.HeadersEnd, "no header\r\n")
	if err := m.ApplyChanges(); err == nil || m.Raw != before || m.Edits.Empty() {
		t.Errorf("got %v, %q", err, m.Raw)
	}
}
