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
