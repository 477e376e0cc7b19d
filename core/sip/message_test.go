package sip

import (
	"errors"
	"strings"
	"testing"
)

// crlf gives a message its line ends.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// invite is what a common telephone sends.
var invite = crlf(`INVITE sip:bob@biloxi.example;transport=udp SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-524287-1---3f1a;rport
Max-Forwards: 70
From: "Alice" <sip:alice@atlanta.example>;tag=a73kszlfl
To: <sip:bob@biloxi.example>
Call-ID: 3848276298220188511@atlanta.example
CSeq: 1 INVITE
Contact: <sip:alice@192.0.2.10:5060;transport=udp>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"
Route: <sip:192.0.2.1;lr>
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE
Supported: replaces, outbound
User-Agent: Softphone 1.4
Content-Type: application/sdp
Content-Length: 132

v=0
o=alice 53655765 2353687637 IN IP4 192.0.2.10
s=-
c=IN IP4 192.0.2.10
t=0 0
m=audio 49170 RTP/AVP 0
a=rtpmap:0 PCMU/8000
`)

const options = `OPTIONS sip:bob@h.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
From: <sip:a@b>;tag=1
To: <sip:b@c>
Call-ID: x
CSeq: 1 OPTIONS

`

func parseText(t *testing.T, text string) *Message {
	t.Helper()
	m, err := Parse(crlf(text))
	if err != nil {
		t.Fatalf("Parse: %v\n%.300s", err, text)
	}
	return m
}

func TestParseRequest(t *testing.T) {
	m, err := Parse(invite)
	if err != nil {
		t.Fatal(err)
	}
	if !m.IsRequest || m.Method != MethodInvite || m.MethodName != "INVITE" || m.Version != "SIP/2.0" ||
		m.RequestURI != "sip:bob@biloxi.example;transport=udp" {
		t.Errorf("request line: %+v", m)
	}
	if len(m.Headers) != 13 || m.CallID() != "3848276298220188511@atlanta.example" {
		t.Errorf("%d headers, Call-ID %q", len(m.Headers), m.CallID())
	}
	if u, err := m.URI(); err != nil || u.Host != "biloxi.example" || u.Transport() != "udp" {
		t.Errorf("URI: %+v, %v", u, err)
	}
	if body := m.Body(); len(body) != 132 || !strings.HasPrefix(body, "v=0") {
		t.Errorf("body %q", body)
	}
	if m.Raw[m.HeadersEnd:m.BodyStart] != "\r\n" || m.HeadersStart != m.Headers[0].Start {
		t.Errorf("headers from %d to %d, body from %d", m.HeadersStart, m.HeadersEnd, m.BodyStart)
	}
}

func TestStartLine(t *testing.T) {
	headers := "Call-ID: x\r\n\r\n"
	for _, test := range []struct {
		line string
		err  error
	}{
		{"OPTIONS sip:h SIP/2.0", nil},
		{"OPTIONS sip:h sip/2.0", nil},
		{"OPTIONS sip:h  SIP/2.0", nil},
		{"OPTIONS sip:h SIP/2.0 ", nil},
		{"\r\n\r\nOPTIONS sip:h SIP/2.0", nil},
		{"options sip:h SIP/2.0", nil},
		{"GET /index?a=b HTTP/1.1", nil},
		{"OPTIONS sip:h SIP/3.0", ErrVersion},
		{"OPTIONS sip:h HTTP/2.0", ErrVersion},
		{"OPTIONS  sip:h SIP/2.0", ErrStartLine},
		{"OPTIONS sip:h; lr SIP/2.0", ErrStartLine},
		{"OPTIONS  SIP/2.0", ErrStartLine},
		{"OPTIONS SIP/2.0", ErrStartLine},
		{"OPT@IONS sip:h SIP/2.0", ErrStartLine},
		{"OPTIONS\tsip:h\tSIP/2.0", ErrNotSIP},
		{"OPTIONS sip:h", ErrNotSIP},
		{"garbage", ErrNotSIP},
		{"", ErrNotSIP},
		{"SIP/2.0 200 OK", nil},
		{"SIP/2.0 200 ", nil},
		{"SIP/2.0 200", nil},
		{"SIP/1.0 200 OK", ErrVersion},
		{"SIP/2.0 200OK", ErrStartLine},
		{"SIP/2.0 99 Low", ErrStartLine},
		{"SIP/2.0 099 Low", ErrStartLine},
		{"SIP/2.0 700 High", ErrStartLine},
		{"SIP/2.0 2000 Long", ErrStartLine},
		{"SIP/2.0  200 OK", ErrStartLine},
		{"SIP/2.0", ErrStartLine},
	} {
		if _, err := Parse(test.line + "\r\n" + headers); !errors.Is(err, test.err) {
			t.Errorf("%q: %v, want %v", test.line, err, test.err)
		}
	}
}

func TestReply(t *testing.T) {
	m := parseText(t, "SIP/2.0 486 Busy Here\nCSeq: 7\n INVITE\n\n")
	if m.IsRequest || m.Status != 486 || m.Reason != "Busy Here" || m.Method != 0 {
		t.Errorf("%+v", m)
	}
	if c, err := m.CSeq(); err != nil || c.Number != 7 || m.Method != MethodInvite {
		t.Errorf("CSeq %+v, %v; method %v", c, err, m.Method)
	}
}

func TestHeaderLines(t *testing.T) {
	for _, test := range []struct {
		lines       string
		name, value string
		err         error
	}{
		{"X-Z: z\r\n\r\n", "X-Z", "z", nil},
		{"X-Z: z\n\n", "X-Z", "z", nil},
		{"X-Z \t:   z  \t\r\n\r\n", "X-Z", "z  \t", nil},
		{"X-Z:z\r\n\r\n", "X-Z", "z", nil},
		{"X-Z: a\r\n  b\r\n\tc\r\n\r\n", "X-Z", "a\r\n  b\r\n\tc", nil},
		{"X-Z: \r\n  \r\n y\r\n\r\n", "X-Z", "y", nil},
		{"X-Z:\r\n\r\n", "X-Z", "", nil},
		{"X-Z:\r\n \r\n\r\n", "X-Z", "", nil},
		{"X-Z: z\r\n", "X-Z", "z", nil},
		{"X-Z: z", "", "", ErrNoEnd},
		{"X-Z", "", "", ErrNoEnd},
		{"X-Z: z\r", "", "", ErrNoEnd},
		{"no colon here\r\n\r\n", "", "", ErrHeader},
		{"X Y: z\r\n\r\n", "", "", ErrHeader},
		{"X@Y: z\r\n\r\n", "", "", ErrHeader},
		{": z\r\n\r\n", "", "", ErrHeader},
		{" folded: z\r\n\r\n", "", "", ErrHeader},
	} {
		m, err := Parse("OPTIONS sip:h SIP/2.0\r\n" + test.lines)
		if !errors.Is(err, test.err) {
			t.Errorf("%q: %v, want %v", test.lines, err, test.err)
		}
		if test.err == nil && (m.Headers[0].Name != test.name || m.Headers[0].Value != test.value) {
			t.Errorf("%q: %q %q", test.lines, m.Headers[0].Name, m.Headers[0].Value)
		}
	}
}

func TestHeaderBound(t *testing.T) {
	text := "OPTIONS sip:h SIP/2.0\r\n" + strings.Repeat("A: b\r\n", MaxHeaders)
	if m, err := Parse(text + "\r\n"); err != nil || len(m.Headers) != MaxHeaders {
		t.Errorf("%d headers: %v", MaxHeaders, err)
	}
	if _, err := Parse(text + "A: b\r\n\r\n"); !errors.Is(err, ErrTooManyHeaders) {
		t.Errorf("one more: %v", err)
	}
}

func TestFind(t *testing.T) {
	m := parseText(t, `OPTIONS sip:h SIP/2.0
X-One: 1
v: a
X-Two: 2
VIA: b
x-one: 3
Subject: s
Via: c

`)
	var vias, ones []string
	for h := m.Find("via"); h != nil; h = m.Next(h) {
		vias = append(vias, h.Value)
	}
	for h := m.Find("X-ONE"); h != nil; h = m.Next(h) {
		ones = append(ones, h.Value)
	}
	if strings.Join(vias, "") != "abc" || strings.Join(ones, "") != "13" {
		t.Errorf("Via %q, X-One %q", vias, ones)
	}
	if h := m.Find("s"); h == nil || h.Value != "s" {
		t.Errorf("s: %+v", h)
	}
	if h := m.Find("x-two"); h == nil || h.Value != "2" {
		t.Errorf("x-two: %+v", h)
	}
	if m.Find("X-Three") != nil || m.First(HdrFrom) != nil || m.Find("") != nil {
		t.Error("found what is not there")
	}
	if _, err := m.From(); !errors.Is(err, ErrMissing) {
		t.Errorf("From: %v", err)
	}
}

func TestOffset(t *testing.T) {
	m, _ := Parse(invite)
	to, _ := m.To()
	if at := m.Offset(to.URIText); at < 0 || m.Raw[at:at+len(to.URIText)] != "sip:bob@biloxi.example" {
		t.Errorf("To URI at %d", at)
	}
	if at := m.Offset(m.Raw); at != 0 {
		t.Errorf("Raw at %d", at)
	}
	for _, foreign := range []string{"", "elsewhere", strings.Clone(m.Raw)} {
		if at := m.Offset(foreign); at != -1 {
			t.Errorf("%.20q at %d", foreign, at)
		}
	}
}

func TestReuse(t *testing.T) {
	var m Message
	if err := m.Parse(invite); err != nil {
		t.Fatal(err)
	}
	m.From()
	m.TopVia()
	m.SecondVia()
	m.ContentLength()
	if err := m.Parse("SIP/2.0 200 OK\r\nf: <sip:c@d>;tag=2\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if from, err := m.From(); err != nil || from.Tag != "2" || len(m.Headers) != 1 || m.IsRequest {
		t.Errorf("From %+v, %v", from, err)
	}
	if via, err := m.TopVia(); !errors.Is(err, ErrMissing) || via.Host != "" {
		t.Errorf("TopVia %+v, %v", via, err)
	}
	if n, ok, err := m.ContentLength(); n != 0 || ok || err != nil {
		t.Errorf("ContentLength %d %v %v", n, ok, err)
	}
}

func TestParseAllocatesNothing(t *testing.T) {
	var m Message
	allocs := testing.AllocsPerRun(100, func() {
		_ = m.Parse(invite)
		m.TopVia()
		m.From()
		m.To()
		m.CSeq()
		m.URI()
		m.ContentLength()
		for contacts := m.Contacts(); contacts.Next(); {
			contacts.Addr.URI()
			contacts.Addr.ContactParams()
		}
		for vias := m.Vias(); vias.Next(); {
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	var m Message
	for b.Loop() {
		if err := m.Parse(invite); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAndRead(b *testing.B) {
	b.ReportAllocs()
	var m Message
	for b.Loop() {
		_ = m.Parse(invite)
		m.TopVia()
		m.From()
		m.To()
		m.CSeq()
		m.URI()
		m.CallID()
	}
}

// TestBadURIs counts those that were asked for alone.
func TestBadURIs(t *testing.T) {
	m := parseText(t, "OPTIONS http://x SIP/2.0\nFrom: <foo:a>;tag=1\nTo: <sip:b@b.example>\n\n")
	if n := m.BadURIs(); n != 0 {
		t.Errorf("%d before anybody asked", n)
	}
	for i, ask := range []func(){func() { _, _ = m.URI() }, func() { from, _ := m.From(); _, _ = from.URI() }, func() { to, _ := m.To(); _, _ = to.URI() }} {
		ask()
		if n, want := m.BadURIs(), min(i+1, 2); n != want {
			t.Errorf("%d, want %d", n, want)
		}
	}
	if err := m.Parse(crlf("OPTIONS sip:x SIP/2.0\nFrom: <sip:a@a.example>\n\n")); err != nil || m.BadURIs() != 0 {
		t.Errorf("%d of a new message, %v", m.BadURIs(), err)
	}
}
