package flow_test

import (
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"udp:192.0.2.1:5060": "udp 192.0.2.1:5060", "TLS:[2001:db8::1]:5061": "tls [2001:db8::1]:5061", "192.0.2.1:5060": "none 192.0.2.1:5060",
		"[::1]:5060": "none [::1]:5060", "": "", "udp:": "", "udp:192.0.2.1": "", "x:192.0.2.1:5060": "", "udp:a.example:5060": "", "udp:192.0.2.1:65536": "",
		"udp:udp:192.0.2.1:5060": "",
	} {
		p, at, ok := flow.ParseAddress(text)
		if got := p.String() + " " + at.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %v", text, got, ok)
		}
	}
	if p, rest := flow.CutProto("ws:a.example:80"); p != flow.WS || rest != "a.example:80" {
		t.Error(p, rest)
	}
}
