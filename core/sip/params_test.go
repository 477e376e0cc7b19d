package sip

import (
	"fmt"
	"strings"
	"testing"
)

func TestParams(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{";lr;r2=on", "lr|r2=on|"},
		{"lr ; r2 = on ", "lr|r2=on|"},
		{";;;a;;", "a|"},
		{"a=;b", "a=|b|"},
		{"=x;b", "=x|b|"},
		{"=;b", "=|b|"},
		{`t="a;b=\"c";u`, `t="a;b=\"c"|u|`},
		{`t="open;u`, `t="open|u|`},
		{`t="a"junk;u`, `t="a"|u|`},
		{"a\r\n =\r\n b", "a=b|"},
		{"a=b=c", "a=b=c|"},
	} {
		var got strings.Builder
		for p := ParseParams(test.text); p.Next(); {
			got.WriteString(p.Name)
			if p.HasValue {
				got.WriteByte('=')
			}
			if p.Quoted {
				fmt.Fprintf(&got, `"%s"|`, p.Value)
			} else {
				got.WriteString(p.Value + "|")
			}
		}
		if got.String() != test.want {
			t.Errorf("%q: %q, want %q", test.text, got.String(), test.want)
		}
	}
}

func TestLastParamCounts(t *testing.T) {
	u, err := ParseURI("sip:h;Transport=udp;x=1;transport=tcp;X=2")
	if x, has := u.Param("x"); err != nil || u.Transport() != "tcp" || x != "2" || !has {
		t.Errorf("%+v, x %q, %v", u, x, err)
	}
}

func TestTrimPrefixFold(t *testing.T) {
	for _, c := range []struct{ text, prefix, want string }{
		{"SIP.example.com", "sip.", "example.com"}, {"sip.", "sip.", "sip."}, {"example.com", "sip.", "example.com"}, {"a", "", "a"}, {"", "sip.", ""},
	} {
		if got := TrimPrefixFold(c.text, c.prefix); got != c.want {
			t.Errorf("%q without %q is %q", c.text, c.prefix, got)
		}
	}
}

func TestEqualFold(t *testing.T) {
	if !EqualFold("Call-ID", "cALL-id") || EqualFold("a", "ab") || EqualFold("a@", "a`") || EqualFold("[", "{") {
		t.Error("EqualFold")
	}
}
