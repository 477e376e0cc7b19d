package sip

import (
	"errors"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const good = "INVITE sip:b@b SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bKa;rport\nMax-Forwards: 70\nFrom: <sip:a@a>;tag=1\nTo: <sip:b@b>\nCall-ID: c\nCSeq: 1 INVITE\n\n"
	for _, x := range []struct {
		old, new string
		want     error
	}{
		{"", "", nil},
		{"From: <sip:a@a>;tag=1", "From: \"", nil}, // the script may want to answer
		{"Call-ID: c", "Call-ID: ", nil},
		{"CSeq: 1", "CSeq: 99999999999", nil},
		{"CSeq: 1 INVITE", "CSeq: 1 INVITE\nCSeq: 2 INVITE", nil}, // behind what has to be read
		{"To: <sip:b@b>", "To: <sip:b@b>;tag=a;x=\"a b\"", nil},
		{"sip:b@b>\nCall", "sip:b@b>\nSubject: a\nSubject: b\nCall", nil},
		{"From: <sip:a@a>;tag=1\n", "", ErrMissing},
		{"Call-ID: c\n", "", ErrMissing},
		{"To: <sip:b@b>", "To: <sip:b@b", ErrNameAddr},
		{"To: <sip:b@b>", "To: <sip:b@b>;", ErrNameAddr},
		{"To: <sip:b@b>", "To: <sip:b@b>;;tag=1", ErrNameAddr},
		{"To: <sip:b@b>", "To: <sip:b@b>;tag=1 x", ErrNameAddr},
		{"To: <sip:b@b>", "To: <sip:b@b>, <sip:c@c>", ErrNameAddr},
		{"CSeq: 1 INVITE", "CSeq: 1", ErrCSeq},
		{"CSeq: 1 INVITE", "CSeq: 1 INVITE x", ErrCSeq},
		{"Max-Forwards: 70", "Max-Forwards: 70\nMax-Forwards: 70", ErrRepeated},
		{"Max-Forwards: 70", "f: <sip:x@x>", ErrRepeated},
		{"branch=z9hG4bKa", "branch=", ErrVia},
		{"branch=z9hG4bKa", "branch=a b", ErrVia},
		{";rport", ";;rport", ErrVia},
		{"SIP/2.0/UDP", "SIP/3.0/UDP", ErrVia},
		{"SIP/2.0/UDP h", "", ErrVia},
	} {
		m, err := Parse(strings.ReplaceAll(strings.Replace(good, x.old, x.new, 1), "\n", "\r\n"))
		if err != nil {
			t.Errorf("%q: %v", x.new, err)
			continue
		}
		if err := m.Check(); !errors.Is(err, x.want) {
			t.Errorf("%q: %v, want %v", x.new, err, x.want)
		}
	}
}

// TestHeadersRead checks what counts as a look at all headers.
func TestHeadersRead(t *testing.T) {
	for name, look := range map[string]func(m *Message){
		"a missing one": func(m *Message) { m.First(HdrRoute) },
		"by name":       func(m *Message) { m.Find("Via") },
		"the body":      func(m *Message) { m.Body() },
	} {
		m, err := Parse("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		if m.First(HdrVia); m.HeadersRead() {
			t.Error("a header that is there")
		}
		if look(m); !m.HeadersRead() {
			t.Error(name)
		}
	}
}
