package sip

import (
	"errors"
	"testing"
)

func TestParseVia(t *testing.T) {
	v, rest, err := ParseVia("SIP  /   2.0\r\n /UDP\r\n    127.0.0.1:15064 ; branch  =\r\n z9;rport;received=1.2.3.4;i=7;alias;maddr=m;ttl=1 , x")
	if err != nil || rest != "x" {
		t.Fatalf("%+v, %q, %v", v, rest, err)
	}
	if v.Protocol != "SIP" || v.Version != "2.0" || v.Transport != "UDP" || v.Host != "127.0.0.1" || v.Port != "15064" || v.PortNum != 15064 {
		t.Errorf("%+v", v)
	}
	if v.Branch != "z9" || !v.HasRPort || v.RPort != "" || v.Received != "1.2.3.4" || !v.HasAlias || v.Maddr != "m" {
		t.Errorf("%+v", v)
	}
	v, _, err = ParseVia("SIP/2.0/TCP [2001:db8::1]:5070;received=[2001:db8:0:0::77];rport=5099")
	if err != nil || v.Host != "[2001:db8::1]" || v.Received != "[2001:db8:0:0::77]" || v.RPort != "5099" {
		t.Errorf("%+v, %v", v, err)
	}
	if v, _, err := ParseVia("SIP/2.0/UDP h"); err != nil || v.Host != "h" || v.PortNum != 0 || v.Raw != "SIP/2.0/UDP h" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestRefusedVia(t *testing.T) {
	for _, text := range []string{
		"", "SIP/2.0 UDP h", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0/UDP:h", "SIP//UDP h", "/2.0/UDP h", "SIP/2.0/UDP h:0",
		"SIP/2.0/UDP h:99999", "SIP/2.0/UDP h:", "SIP/2.0/UDP h junk", "SIP/2.0/UDP [::1", "SIP/2.0/UDP h;x=\"open",
	} {
		if v, _, err := ParseVia(text); err == nil {
			t.Errorf("%q accepted: %+v", text, v)
		}
	}
}

func TestVias(t *testing.T) {
	for _, test := range []struct{ headers, second string }{
		{"Via: SIP/2.0/UDP a;branch=1\nv: SIP/2.0/TCP b\n", "b"},
		{"Via:   SIP/2.0/UDP a;branch=1 , SIP/2.0/TCP b;x, SIP/2.0/UDP c\n", "b"},
		{"Via: SIP/2.0/UDP a,\nVia: SIP/2.0/UDP b\n", "b"},
		{"Via: SIP/2.0/UDP a\n", ""},
	} {
		m := parseText(t, "OPTIONS sip:h SIP/2.0\n"+test.headers+"\n")
		if v, err := m.TopVia(); v.Host != "a" || err != nil {
			t.Errorf("%q: top %+v, %v", test.headers, v, err)
		}
		v, err := m.SecondVia()
		if v.Host != test.second || (test.second == "") != errors.Is(err, ErrMissing) {
			t.Errorf("%q: second %+v, %v", test.headers, v, err)
		}
	}
	m := parseText(t, "OPTIONS sip:h SIP/2.0\nVia: SIP/2.0/UDP a, SIP/2.0/UDP b\nVia: SIP/2.0/UDP c\nVia: bad\n\n")
	hosts := ""
	vias := m.Vias()
	for vias.Next() {
		hosts += vias.Via.Host
	}
	if hosts != "abc" || !errors.Is(vias.Err(), ErrVia) {
		t.Errorf("%q, %v", hosts, vias.Err())
	}
}

func BenchmarkTopVia(b *testing.B) {
	b.ReportAllocs()
	m, _ := Parse(invite)
	for b.Loop() {
		m.via.done = false
		m.TopVia()
	}
}
