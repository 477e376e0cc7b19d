package sip

import (
	"strings"
	"testing"
)

func TestHeaderTypeOf(t *testing.T) {
	for typ := HdrOther + 1; typ < hdrCount; typ++ {
		name := typ.Name()
		for _, written := range []string{name, strings.ToUpper(name), strings.ToLower(name)} {
			if got := HeaderTypeOf(written); got != typ {
				t.Errorf("%q: %d, want %d", written, got, typ)
			}
		}
		if compact := typ.Compact(); compact != "" && HeaderTypeOf(compact) != typ {
			t.Errorf("%q is not %s", compact, name)
		}
	}
	for _, name := range []string{"", "X-Other", "Vi", "Viaa", "z", "Call_ID", "\xff"} {
		if got := HeaderTypeOf(name); got != HdrOther {
			t.Errorf("%q: %s", name, got.Name())
		}
	}
}

func TestMethods(t *testing.T) {
	for i, name := range methodNames {
		if m := ParseMethod(name); m != 1<<i || m.String() != name {
			t.Errorf("%s: %d %q", name, m, m)
		}
	}
	if ParseMethod("invite") != MethodOther || ParseMethod("") != MethodOther {
		t.Error("unknown method is not MethodOther")
	}
	set := ParseMethods("INVITE, ACK ,BYE,,FOO")
	if set != MethodInvite|MethodAck|MethodBye|MethodOther || !set.Has(MethodAck|MethodBye) || set.String() != "" {
		t.Errorf("set %b", set)
	}
}

func BenchmarkHeaderTypeOf(b *testing.B) {
	for b.Loop() {
		HeaderTypeOf("Content-Length")
	}
}

func TestHeaderName(t *testing.T) {
	for _, c := range []struct {
		text, name string
		ok         bool
	}{
		{"Via", "Via", true}, {"v", "v", true}, {"Via:", "Via", true}, {"Via \t: x", "Via", true}, {"X-Own", "X-Own", true},
		{"X-Own:", "X-Own:", true}, {"a+b.c~d_e", "a+b.c~d_e", true}, {strings.Repeat("a", 124), strings.Repeat("a", 124), true},
		{"", "", false}, {" Via", "", false}, {"Via x", "", false}, {"Via\r\n", "", false}, {"*", "", false}, {"$fU", "", false}, {"a/b", "", false},
		{strings.Repeat("a", 125), "", false},
	} {
		if name, ok := HeaderName(c.text); name != c.name || ok != c.ok {
			t.Errorf("%q: %q %v", c.text, name, ok)
		}
	}
}

// TestUsualNames: each known long name is found at once, in any case; what only looks like one is not.
func TestUsualNames(t *testing.T) {
	for kind := HdrOther + 1; kind < hdrCount; kind++ {
		for _, name := range []string{kind.Name(), strings.ToUpper(kind.Name()), strings.ToLower(kind.Name())} {
			if got, end := usualName("x"+name+": 1\r\n", 1); got != kind || end != 1+len(name) {
				t.Errorf("%s: type %d, ends at %d", name, got, end)
			}
		}
	}
	for _, text := range []string{"", "T", "To", "To :", "Tom:", "From", "f: x", "Content-Lengths:", "X-From:"} {
		if got, end := usualName(text, 0); got != HdrOther || end != 0 {
			t.Errorf("%q: type %d, ends at %d", text, got, end)
		}
	}
}
