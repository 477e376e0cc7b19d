package sip

import (
	"strings"
	"testing"
)

func TestParseNameAddr(t *testing.T) {
	for _, test := range []struct{ text, display, uri, params, tag, rest string }{
		{"<sip:a@b>;tag=1", "", "sip:a@b", "tag=1", "1", ""},
		{"sip:a@b;tag=1", "", "sip:a@b", "tag=1", "1", ""},
		{"sip:a@b  ; tag = 1 ", "", "sip:a@b", "tag = 1", "1", ""},
		{"sip:a@b?x=y;tag=1", "", "sip:a@b?x=y", "tag=1", "1", ""},
		{`"a"<sip:a@b>;tag=1;tag=2`, `"a"`, "sip:a@b", "tag=1;tag=2", "2", ""},
		{`"A\"B\\C, <tricky>" <sip:a;p=%3B@b;tag=no>;tag=e;Foo="b;a,r"`, `"A\"B\\C, <tricky>"`, "sip:a;p=%3B@b;tag=no",
			`tag=e;Foo="b;a,r"`, "e", ""},
		{"Alice B. Bell <sip:a@b>", "Alice B. Bell", "sip:a@b", "", "", ""},
		{"\r\n \"J\" \r\n <sip:a@b>\r\n ;\r\n tag = 9\r\n", `"J"`, "sip:a@b", "tag = 9", "9", ""},
		{"<sip:a@b>;;tag=1;", "", "sip:a@b", ";tag=1;", "1", ""},
		{"<sip:a@b>;lr , <sip:c@d>, e", "", "sip:a@b", "lr", "", "<sip:c@d>, e"},
		{"sip:a@b,sip:c@d", "", "sip:a@b", "", "", "sip:c@d"},
		{`<sip:a,b@c>;x="<,>";+sip.instance="<urn:x>"`, "", "sip:a,b@c", `x="<,>";+sip.instance="<urn:x>"`, "", ""},
		{"< sip:a@b >", "", "sip:a@b", "", "", ""},
	} {
		a, rest, err := ParseNameAddr(test.text)
		if err != nil || a.Display != test.display || a.URIText != test.uri || a.Params != test.params || a.Tag != test.tag || rest != test.rest {
			t.Errorf("%q: %+v, %q, %v", test.text, a, rest, err)
		}
		if a.HasBrackets != strings.Contains(test.text, "<sip:a") && test.text[1] != ' ' {
			t.Errorf("%q: brackets %v", test.text, a.HasBrackets)
		}
	}
}

func TestRefusedNameAddr(t *testing.T) {
	for _, text := range []string{
		"", " ", ",", ";tag=1", "<>", "< >", `"x <sip:a@b>`, "<sip:a@b", `"x" sip:a@b`, `"x"`, "<sip:a@b> junk;tag=1",
		"sip:a@b junk", `<sip:a@b>;x="open`, "<sip:a@b>;x=<open",
	} {
		if a, _, err := ParseNameAddr(text); err == nil {
			t.Errorf("%q accepted: %+v", text, a)
		}
	}
	m := parseText(t, "OPTIONS sip:h SIP/2.0\nFrom: <sip:a@b>, <sip:c@d>\n\n")
	if _, err := m.From(); err == nil {
		t.Error("two addresses in From accepted")
	}
}

func TestAddresses(t *testing.T) {
	m := parseText(t, `REGISTER sip:h SIP/2.0
m: <sip:a@1>;q=0.5, "B" <sip:b@2>
Contact: sip:c@3;expires=60,
Contact: *
Route: <sip:r1;lr>,<sip:r2>
Record-Route: <sip:bad>, <sip:

`)
	var got []string
	contacts := m.Contacts()
	for contacts.Next() {
		got = append(got, contacts.Addr.URIText)
		if contacts.Star {
			got = append(got, "*")
		}
	}
	if text := strings.Join(got, " "); text != "sip:a@1 sip:b@2 sip:c@3  *" || contacts.Err() != nil {
		t.Errorf("contacts %q, %v", text, contacts.Err())
	}
	n := 0
	for routes := m.Routes(); routes.Next(); n++ {
		if u, err := routes.Addr.URI(); err != nil || u.HasParam("lr") != (n == 0) {
			t.Errorf("route %d: %+v, %v", n, u, err)
		}
	}
	rr := m.RecordRoutes()
	if n != 2 || !rr.Next() || rr.Next() || rr.Err() == nil {
		t.Errorf("%d routes; Record-Route %v", n, rr.Err())
	}
}

func TestContactParams(t *testing.T) {
	a, _, err := ParseNameAddr(`<sip:a@b>;q=0.25;expires="60";reg-id=2;+sip.instance="<urn:uuid:1>";methods="INVITE, BYE";received="sip:1.2.3.4"`)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.ContactParams()
	want := ContactParams{Q: 250, Expires: 60, Instance: "<urn:uuid:1>", RegID: 2, Received: "sip:1.2.3.4", Methods: MethodInvite | MethodBye}
	if c != want || err != nil {
		t.Errorf("%+v, %v", c, err)
	}
	a, _, _ = ParseNameAddr("<sip:a@b>;expires=never;q=7;reg-id=1")
	if c, err := a.ContactParams(); err == nil || c.Q != -1 || c.Expires != -1 || c.RegID != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestParseQ(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "1": 1000, "0.5": 500, ".5": 500, "1.000": 1000, "0.123": 123, "1.": 1000} {
		if q, err := ParseQ(text); q != want || err != nil {
			t.Errorf("%q: %d, %v", text, q, err)
		}
	}
	for _, text := range []string{"", ".", "2", "1.1", "1.001", "0.1234", "00.1", "x", "0.x", "-1"} {
		if q, err := ParseQ(text); err == nil {
			t.Errorf("%q: %d", text, q)
		}
	}
}

func TestOptions(t *testing.T) {
	m := parseText(t, "OPTIONS sip:h SIP/2.0\nk: replaces, Path\nSupported: outbound\nAllow: INVITE,ACK\nAllow: BYE\n\n")
	if !m.HasOption(HdrSupported, "path") || !m.HasOption(HdrSupported, "outbound") || m.HasOption(HdrSupported, "pat") || m.HasOption(HdrRequire, "path") {
		t.Error("HasOption")
	}
	if set, ok := m.Allowed(); set != MethodInvite|MethodAck|MethodBye || !ok {
		t.Errorf("Allowed %b %v", set, ok)
	}
}
