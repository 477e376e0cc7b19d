package sip

import (
	"strings"
	"testing"
)

func TestParseURI(t *testing.T) {
	for _, test := range []struct {
		text                                        string
		user, password, host, port, params, headers string
	}{
		{"sip:h", "", "", "h", "", "", ""},
		{"SIP:u@h", "u", "", "h", "", "", ""},
		{"sips:u:p@h:5061;transport=tls?a=b", "u", "p", "h", "5061", "transport=tls", "a=b"},
		{"sip:u:@h", "u", "", "h", "", "", ""},
		{"sip:h:", "", "", "h", "", "", ""},
		{"sip:h:0", "", "", "h", "0", "", ""},
		{"sip:h:05060", "", "", "h", "05060", "", ""},
		{"sip:u@[2001:db8::1]:5070;lr", "u", "", "[2001:db8::1]", "5070", "lr", ""},
		{"sip:u;par=1?x@h", "u;par=1?x", "", "h", "", "", ""},
		{"sip:b%6Fb%40home:p%40ss@h?X=%22y%22", "b%6Fb%40home", "p%40ss", "h", "", "", "X=%22y%22"},
		{"sip:h?x;y", "", "", "h", "", "", "x;y"},
		{"sip:h;a?b", "", "", "h", "", "a", "b"},
		{"sip:u@h;", "u", "", "h", "", "", ""},
		{"sip:u@h;;lr=on;=x", "u", "", "h", "", ";lr=on;=x", ""},
		{"sip:h_x%41", "", "", "h_x%41", "", "", ""},
		{"sip:*@h", "*", "", "h", "", "", ""},
		{"tel:+1(2)3;ext=4", "+1(2)3", "", "", "", "ext=4", ""},
		{"tels:1", "1", "", "", "", "", ""},
		{"urn:service:sos.fire", "service", "", "sos.fire", "", "", ""},
	} {
		u, err := ParseURI(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
		}
		if u.User != test.user || u.Password != test.password || u.Host != test.host || u.Port != test.port ||
			u.Params != test.params || u.Headers != test.headers {
			t.Errorf("%q: %+v", test.text, u)
		}
	}
}

func TestRefusedURI(t *testing.T) {
	for _, text := range []string{
		"", ":", "sip", "sip:", "http:x", "mailto:x@y", "sip:@h", "sip::p@h", "sip:u@", "sip:;lr", "sip:?x",
		"sip:a@b@c", "sip:a@b;x=c@d", "sip:a@b?x=c@d", "sip:u:p:q@h", "sip:[::1", "sip:u@[zz]", "sip:[]", "sip:u@[::1]x",
		"sip:u@-h", "sip:u@.", "sip:u@h/x", "sip:u@h,x", "sip:u@\xe9.h", "sip:h:99999", "sip:h:65536", "sip:h:5060x",
		"sip:h:a", "sip:h:-1", "sip:a b@h", "sip:a<b@h", "sip:h;a b", "sip:h\r\n", "sip:u\x00@h",
		"tel:", "tel:;ext=1", "tel:1 2", "urn:", "urn:x", "urn:service:", "urn::sos", "<sip:u@h>",
	} {
		if u, err := ParseURI(text); err == nil {
			t.Errorf("%q accepted: %+v", text, u)
		}
	}
}

func TestURIParams(t *testing.T) {
	u, err := ParseURI("sip:h:5070;Transport=TCP;user=phone;maddr=m;method=INVITE;ttl=3;LR;r2=on;gr=g;ob;received=r;x=1?a=b&c")
	if err != nil {
		t.Fatal(err)
	}
	if u.PortNum != 5070 || u.Transport() != "TCP" || u.UserParam() != "phone" || u.Maddr() != "m" || !u.HasParam("ob") {
		t.Errorf("%+v", u)
	}
	if v, has := u.Param("X"); v != "1" || !has {
		t.Errorf("x: %q %v", v, has)
	}
	if v, has := u.Header("C"); v != "" || !has {
		t.Errorf("c: %q %v", v, has)
	}
	if _, has := u.Param("y"); has {
		t.Error("y is not there")
	}
}

func BenchmarkParseURI(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseURI("sip:alice@192.0.2.10:5060;transport=udp"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestURIEqual(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		// RFC 3261 19.1.4
		{"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
		{"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
		{"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true},
		{"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
		{"sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
		{"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
		{"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
		{"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
		{"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
		{"sip:bob@h", "sips:bob@h", false},
		{"sip:bob:a@h", "sip:bob:b@h", false},
		{"sip:a%3Bb@h", "sip:a;b@h", false},
		{"sip:a%3bb@h", "sip:a%3Bb@h", true},
		{"tel:+1-201-555-0123", "tel:+12015550123", true},
		{"tel:+1-201-555-0123;ext=1", "tel:+12015550123", false},
		{"tel:123;phone-context=A.b", "tel:123;phone-context=a.B", true},
		{"urn:service:sos", "URN:Service:sos", true},
		{"urn:service:sos", "urn:service:sos.fire", false},
	} {
		a, errA := ParseURI(test.a)
		b, errB := ParseURI(test.b)
		if errA != nil || errB != nil {
			t.Errorf("%v, %v", errA, errB)
		}
		if a.Equal(&b) != test.want || b.Equal(&a) != test.want {
			t.Errorf("%s and %s: want %v", test.a, test.b, test.want)
		}
	}
}

func TestURIEqualIsBounded(t *testing.T) {
	many := "sip:h" + strings.Repeat(";a=1", maxCompared+1)
	a, _ := ParseURI(many)
	b, _ := ParseURI(many)
	c, _ := ParseURI(many + ";b=1")
	if !a.Equal(&b) || a.Equal(&c) {
		t.Error("long lists must be equal to the letter")
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{"alice": "alice", "a%40b": "a@b", "%00": "\x00", "%C3%a9": "é", "": ""} {
		if got, err := Unescape(text); got != want || err != nil {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"%", "a%4", "%zz", "%4g"} {
		if _, err := Unescape(text); err == nil {
			t.Errorf("%q accepted", text)
		}
	}
}
