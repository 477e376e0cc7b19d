package route

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

var server = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("127.0.0.1:5060"), 0)

// take makes the hand for a message written with LF line ends.
func take(t testing.TB, text, from string) *Message {
	t.Helper()
	parsed, err := sip.Parse(strings.ReplaceAll(text, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := new(Message)
	m.Begin(parsed)
	m.Flow = flow.Flow{Proto: flow.UDP, Local: server, Remote: netip.MustParseAddrPort(from)}
	return m
}

const invite = `INVITE sip:bob@b.example SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKa;rport;x=1
Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKb
Record-Route: <sip:p.example;lr>
From: <sip:alice@a.example>;tag=1
To: <sip:bob@b.example>
Call-ID: c1
CSeq: 1 INVITE
Content-Length: 4

body`

func TestAppendRequest(t *testing.T) {
	const plain = "INVITE sip:new@x SIP/2.0|" +
		"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKown|" +
		"Via: SIP/2.0/UDP 10.0.0.1:5070;received=192.0.2.7;branch=z9hG4bKa;rport=4000;x=1|" +
		"Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKb|Record-Route: <sip:p.example;lr>|" +
		"From: <sip:alice@a.example>;tag=1|To: <sip:bob@b.example>|Call-ID: c1|CSeq: 1 INVITE|Content-Length: 4||body"
	cases := []struct {
		name string
		edit func(m *Message, o *Outgoing)
		want string
	}{
		{"as it came", func(*Message, *Outgoing) {}, plain},
		{"inserted, then Via, then appended", func(m *Message, _ *Outgoing) {
			m.Edits.Insert(m.HeadersEnd, "A: 1\r\n")
			m.Edits.Insert(m.HeadersStart, "I: 1\r\n")
			m.Edits.Insert(m.HeadersStart, "I: 2\r\n")
			m.Edits.Insert(m.HeadersEnd, "A: 2\r\n")
		}, strings.NewReplacer("SIP/2.0|Via: SIP/2.0/UDP 127", "SIP/2.0|I: 1|I: 2|Via: SIP/2.0/UDP 127",
			"Content-Length: 4|", "Content-Length: 4|A: 1|A: 2|").Replace(plain)},
		{"a header taken out", func(m *Message, _ *Outgoing) {
			h := m.First(sip.HdrRecordRoute)
			m.Edits.Delete(h.Start, h.End-h.Start)
		}, strings.Replace(plain, "Record-Route: <sip:p.example;lr>|", "", 1)},
		{"the same part replaced twice", func(m *Message, _ *Outgoing) {
			from, _ := m.From()
			u, _ := from.URI()
			m.Edits.Replace(m.Offset(u.User), len(u.User), "x")
			m.Edits.Replace(m.Offset(u.User), len(u.User), "y")
		}, strings.Replace(plain, "alice", "xy", 1)},
		{"another body", func(m *Message, _ *Outgoing) {
			m.Edits.Replace(m.BodyStart, 4, "longer body")
		}, strings.NewReplacer("Length: 4", "Length: 11", "||body", "||longer body").Replace(plain)},
		{"no body", func(m *Message, _ *Outgoing) { m.Edits.Delete(m.BodyStart, 4) },
			strings.NewReplacer("Length: 4", "Length: 0", "||body", "||").Replace(plain)},
		{"a text that needs the socket", func(m *Message, _ *Outgoing) {
			m.Edits.Add(Edit{At: m.HeadersStart, Render: func(o *Outgoing) string { return "RR: " + o.Flow.Local.PortText + "\r\n" }})
		}, strings.Replace(plain, "SIP/2.0|Via: SIP/2.0/UDP 127", "SIP/2.0|RR: 5060|Via: SIP/2.0/UDP 127", 1)},
		{"advertised, with rport", func(m *Message, _ *Outgoing) {
			m.AdvertiseHost, m.AdvertisePort, m.LocalRport = "pub.example", "5099", true
		}, strings.Replace(plain, "127.0.0.1:5060;branch=z9hG4bKown", "pub.example:5099;branch=z9hG4bKown;rport", 1)},
		{"with a Path", func(_ *Message, o *Outgoing) { o.Path = "<sip:edge;lr>" },
			strings.Replace(plain, "SIP/2.0|Via: SIP/2.0/UDP 127", "SIP/2.0|Route: <sip:edge;lr>|Via: SIP/2.0/UDP 127", 1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := take(t, invite, "192.0.2.7:4000")
			o := &Outgoing{Flow: flow.Flow{Proto: flow.UDP, Local: server}, URI: "sip:new@x", Branch: "z9hG4bKown"}
			c.edit(m, o)
			got := strings.ReplaceAll(string(AppendRequest(nil, m, o)), "\r\n", "|")
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestClientVia(t *testing.T) {
	cases := []struct {
		via   string
		force bool
		want  string // after relaying
		reply string // in a local reply
	}{
		{"SIP/2.0/UDP 192.0.2.7;branch=b", false, "SIP/2.0/UDP 192.0.2.7;branch=b", "SIP/2.0/UDP 192.0.2.7;branch=b"},
		{"SIP/2.0/UDP 10.0.0.5:5060;branch=b", false, "SIP/2.0/UDP 10.0.0.5:5060;received=192.0.2.7;branch=b", "SIP/2.0/UDP 10.0.0.5:5060;branch=b;received=192.0.2.7"},
		{"SIP/2.0/UDP 10.0.0.5:5060;branch=b", true, "SIP/2.0/UDP 10.0.0.5:5060;rport=4000;received=192.0.2.7;branch=b", "SIP/2.0/UDP 10.0.0.5:5060;branch=b;rport=4000;received=192.0.2.7"},
		{"SIP/2.0/UDP 192.0.2.7;branch=b", true, "SIP/2.0/UDP 192.0.2.7;rport=4000;branch=b", "SIP/2.0/UDP 192.0.2.7;branch=b;rport=4000"},
		{"SIP/2.0/UDP 192.0.2.7;rport;branch=b", false, "SIP/2.0/UDP 192.0.2.7;received=192.0.2.7;rport=4000;branch=b", "SIP/2.0/UDP 192.0.2.7;rport=4000;branch=b;received=192.0.2.7"},
		{"SIP/2.0/UDP 192.0.2.7;rport=1;branch=b", false, "SIP/2.0/UDP 192.0.2.7;received=192.0.2.7;rport=4000;branch=b", "SIP/2.0/UDP 192.0.2.7;rport=4000;branch=b;received=192.0.2.7"},
		{"SIP/2.0/UDP 10.0.0.5", false, "SIP/2.0/UDP 10.0.0.5;received=192.0.2.7", "SIP/2.0/UDP 10.0.0.5;received=192.0.2.7"},
	}
	for _, c := range cases {
		text := strings.Replace(invite, "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKa;rport;x=1", c.via, 1)
		m := take(t, text, "192.0.2.7:4000")
		m.ForceRport = c.force
		relayed := string(AppendRequest(nil, m, &Outgoing{Flow: flow.Flow{Proto: flow.UDP, Local: server}, Branch: "o"}))
		if !strings.Contains(relayed, "Via: "+c.want+"\r\n") {
			t.Errorf("%s relayed: want %s in\n%s", c.via, c.want, relayed)
		}
		reply := string(AppendLocalReply(nil, m, &LocalReply{Code: 200, Reason: "OK"}))
		if !strings.Contains(reply, "Via: "+c.reply+"\r\n") {
			t.Errorf("%s answered: want %s in\n%s", c.via, c.reply, reply)
		}
	}
}

func TestAppendLocalReply(t *testing.T) {
	m := take(t, invite, "10.0.0.1:5070")
	m.Answer.Headers = []string{"X: 1\r\n"}
	r := &LocalReply{Code: 180, Reason: "Ringing", ToTag: "t", Headers: "Y: 2\r\n", ServerHeader: "Server: s", Body: "hi"}
	want := "SIP/2.0 180 Ringing|Via: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKa;rport=5070;x=1;received=10.0.0.1|" +
		"Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKb|Record-Route: <sip:p.example;lr>|From: <sip:alice@a.example>;tag=1|" +
		"To: <sip:bob@b.example>;tag=t|Call-ID: c1|CSeq: 1 INVITE|X: 1|Y: 2|Server: s|Content-Length: 2||hi"
	if got := strings.ReplaceAll(string(AppendLocalReply(nil, m, r)), "\r\n", "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r = &LocalReply{Code: 100, Reason: "trying", ToTag: "t"}
	got := string(AppendLocalReply(nil, m, r))
	if strings.Contains(got, "tag=t") || strings.Contains(got, "Record-Route") {
		t.Errorf("a 100 has neither To tag nor Record-Route:\n%s", got)
	}
}

func TestAppendReply(t *testing.T) {
	const rest = "From: <sip:a@a>;tag=1\nTo: <sip:b@b>;tag=2\nCall-ID: c\nCSeq: 1 INVITE\nContent-Length: 0\n\n"
	cases := []struct{ vias, want string }{
		{"Via: SIP/2.0/UDP own;branch=1\nVia: SIP/2.0/UDP next;branch=2\n", "Via: SIP/2.0/UDP next;branch=2\n"},
		{"Via: SIP/2.0/UDP own;branch=1, SIP/2.0/UDP next;branch=2\n", "Via: SIP/2.0/UDP next;branch=2\n"},
		{"v: SIP/2.0/UDP own;branch=1 ,\n SIP/2.0/UDP next;branch=2\nX: y\n", "v: SIP/2.0/UDP next;branch=2\nX: y\n"},
		{"Via: SIP/2.0/UDP own;branch=1\n", ""},
	}
	for _, c := range cases {
		m := take(t, "SIP/2.0 200 OK\n"+c.vias+rest, "192.0.2.1:5060")
		got := strings.ReplaceAll(string(AppendReply(nil, m, &Outgoing{})), "\r\n", "\n")
		if want := "SIP/2.0 200 OK\n" + c.want + rest; got != want {
			t.Errorf("%q: got\n%s", c.vias, got)
		}
	}
}

func TestReplyFlow(t *testing.T) {
	cases := []struct {
		via   string
		force bool
		want  string
	}{
		{"SIP/2.0/UDP 10.0.0.5:5070;branch=b", false, "192.0.2.7:5070"},
		{"SIP/2.0/UDP 10.0.0.5;branch=b", false, "192.0.2.7:5060"},
		{"SIP/2.0/UDP 10.0.0.5:5070;branch=b;rport", false, "192.0.2.7:4000"},
		{"SIP/2.0/UDP 10.0.0.5:5070;branch=b", true, "192.0.2.7:4000"},
		{"SIP/2.0/UDP 10.0.0.5:5070;branch=b;maddr=192.0.2.99", false, "192.0.2.99:5070"},
	}
	for _, c := range cases {
		m := take(t, strings.Replace(invite, "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKa;rport;x=1", c.via, 1), "192.0.2.7:4000")
		m.ForceRport = c.force
		if got := ReplyFlow(m).Remote.String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.via, got, c.want)
		}
	}
}

func TestViaFlow(t *testing.T) {
	cases := []struct{ via, want string }{
		{"SIP/2.0/UDP 192.0.2.1;branch=b", "192.0.2.1:5060"},
		{"SIP/2.0/TLS 192.0.2.1;branch=b", "192.0.2.1:5061"},
		{"SIP/2.0/UDP h.example:99;branch=b;received=192.0.2.5;rport=77", "192.0.2.5:77"},
		{"SIP/2.0/UDP [2001:db8::1]:99;branch=b", "[2001:db8::1]:99"},
		{"SIP/2.0/UDP h.example;branch=b", ""},
		{"SIP/2.0/XYZ 192.0.2.1;branch=b", ""},
	}
	for _, c := range cases {
		via, _, err := sip.ParseVia(c.via)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := ViaFlow(&via, nil)
		if ok != (c.want != "") || ok && f.Remote.String() != c.want {
			t.Errorf("%s: %v %v, want %q", c.via, f.Remote, ok, c.want)
		}
	}
}

func TestRedirectContacts(t *testing.T) {
	m := take(t, invite, "192.0.2.7:4000")
	if got := RedirectContacts(m); got != "" {
		t.Errorf("untouched: %q", got)
	}
	m.SetURI("sip:one")
	m.Branches = []Branch{{URI: "sip:two", Q: QUnset}, {URI: "sip:three", Q: 250}, {URI: "sip:four", Q: 1000}, {URI: "sip:five", Q: 0}}
	want := "Contact: <sip:one>, <sip:two>, <sip:three>;q=0.25, <sip:four>;q=1, <sip:five>;q=0\r\n"
	if got := RedirectContacts(m); got != want {
		t.Errorf("got %q", got)
	}
}

func TestURIRewriting(t *testing.T) {
	cases := []struct{ uri, user, host string }{
		{"sip:bob:pw@h:5070;x=1?A=b", "sip:N:pw@h:5070;x=1?A=b", "sip:bob:pw@N:5070;x=1?A=b"},
		{"sip:h", "sip:N@h", "sip:N"},
		{"tel:+49;phone-context=x", "tel:N;phone-context=x", "sip:+49;phone-context=x@N;user=phone"},
		{"sips:a@[2001:db8::1]", "sips:N@[2001:db8::1]", "sips:a@N"},
	}
	for _, c := range cases {
		u, err := sip.ParseURI(c.uri)
		if err != nil {
			t.Fatal(err)
		}
		if got := WithUser(&u, "N"); got != c.user {
			t.Errorf("%s user: %s", c.uri, got)
		}
		if got := WithHost(&u, "N"); got != c.host {
			t.Errorf("%s host: %s", c.uri, got)
		}
	}
}

func BenchmarkAppendRequest(b *testing.B) {
	m := take(b, invite, "192.0.2.7:4000")
	m.Edits.Insert(m.HeadersStart, "Record-Route: <sip:127.0.0.1;lr>\r\n")
	o := &Outgoing{Flow: flow.Flow{Proto: flow.UDP, Local: server}, URI: "sip:new@x", Branch: "z9hG4bKown"}
	buf := make([]byte, 0, 2048)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendRequest(buf[:0], m, o)
	}
}

func BenchmarkAppendReply(b *testing.B) {
	m := take(b, strings.Replace(invite, "INVITE sip:bob@b.example SIP/2.0", "SIP/2.0 200 OK", 1), "192.0.2.7:4000")
	o := &Outgoing{Flow: flow.Flow{Proto: flow.UDP, Local: server}}
	buf := make([]byte, 0, 2048)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendReply(buf[:0], m, o)
	}
}
