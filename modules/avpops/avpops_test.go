package avpops_test

import (
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/avpops"
	"github.com/moonroute/moonroute/modules/pv"
)

const message = "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n"

// TestCopy starts with $avp(x) set to the texts "12" and then "13", and $avp(n) to the number 7.
func TestCopy(t *testing.T) {
	h := kemitest.Start(t, "modparam(\"avpops\", \"db_url\", \"text:///nowhere\")\nmodparam(\"avpops\", \"db_scheme\", \"a:table=b\")\n", pv.Module, avpops.Module)
	for _, tc := range []struct {
		from, to string
		want     int
		c, x     string // $(avp(c)[*]) and $(avp(x)[*]) afterwards
	}{
		{"$avp(x)", "$avp(c)", 1, "13", "13, 12"},
		{"$avp(x)", "$avp(c)/", 1, "13", "13, 12"},
		{"$avp(x)", "$avp(c)/g", 1, "12, 13", "13, 12"},
		{"$avp(x)", "$avp(c)/D", 1, "13", "12"},
		{"$avp(x)", "$avp(c)/gd", 1, "12, 13", ""},
		{"$avp(x)", "$avp(x)", 1, "", "13, 13, 12"},
		{"$avp(x)", "$avp(x)/d", 1, "", "13, 12"},
		{"$avp(x)", "$avp(x)/gd", 1, "", "12, 13"},
		{"$(avp(x)[1])", "$avp(c)", 1, "13", "13, 12"},
		{"$avp(x) ", "$avp(c)", 1, "13", "13, 12"},
		{"$avp(none)", "$avp(c)", -1, "", "13, 12"},
		{"$rU", "$avp(c)", -1, "", "13, 12"},
		{"$avp(x)", "$rU", -1, "", "13, 12"},
		{"$avp(x)", "$avp(c)/z", -1, "", "13, 12"},
		{"$nosuch", "$avp(c)", -2, "", "13, 12"},
		{"", "$avp(c)", -2, "", "13, 12"},
		{"$avp(x)", "", -2, "", "13, 12"},
	} {
		h.Run(message, func(c *kemi.Ctx) {
			set(t, c, "$avp(x)", kemi.Str("12"))
			set(t, c, "$avp(x)", kemi.Str("13"))
			if got := h.Call(c, "avpops", "avp_copy", kemi.Str(tc.from), kemi.Str(tc.to)); got != kemi.Int(tc.want) {
				t.Errorf("%s to %s: %v", tc.from, tc.to, got)
			}
			if got := get(t, c, "$(avp(c)[*])").Text(); got != tc.c {
				t.Errorf("%s to %s: the copies are %q", tc.from, tc.to, got)
			}
			if got := get(t, c, "$(avp(x)[*])").Text(); got != tc.x {
				t.Errorf("%s to %s: the source is %q", tc.from, tc.to, got)
			}
		})
	}
}

func TestCopyAs(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, avpops.Module)
	for _, tc := range []struct {
		value kemi.Value
		flags string
		want  kemi.Value // null: it cannot be copied
	}{
		{kemi.Str("12"), "", kemi.Str("12")},
		{kemi.Str("12"), "/n", kemi.Int(12)},
		{kemi.Int(12), "/n", kemi.Int(12)},
		{kemi.Int(12), "/s", kemi.Str("12")},
		{kemi.Int(-12), "/s", kemi.Str("-12")},
		{kemi.Str("-12"), "/n", kemi.Null},
		{kemi.Str("12x"), "/n", kemi.Null},
		{kemi.Str("4294967296"), "/n", kemi.Null},
	} {
		h.Run(message, func(c *kemi.Ctx) {
			set(t, c, "$avp(i:5)", tc.value)
			result := h.Call(c, "avpops", "avp_copy", kemi.Str("$avp(i:5)"), kemi.Str("$avp(s:to)"+tc.flags))
			if got := get(t, c, "$avp(to)"); got != tc.want || (result == kemi.Int(1)) == got.IsNull() {
				t.Errorf("%v%s: %v, %v", tc.value, tc.flags, got, result)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, avpops.Module)
	h.Run(message, func(c *kemi.Ctx) {
		for _, tc := range []struct {
			variable, check string
			want            int
		}{{"$rU", "eq/bob", -1}, {"garbage", "eq/bob", -2}, {"", "", -2}} {
			if got := h.Call(c, "avpops", "avp_check", kemi.Str(tc.variable), kemi.Str(tc.check)); got != kemi.Int(tc.want) {
				t.Errorf("%s %s: %v", tc.variable, tc.check, got)
			}
		}
	})
}

func set(t *testing.T, c *kemi.Ctx, name string, v kemi.Value) {
	t.Helper()
	x, err := c.Server.Registry.Var(name)
	if err != nil || !x.Set(c, v) {
		t.Fatalf("%s cannot be set: %v", name, err)
	}
}

func get(t *testing.T, c *kemi.Ctx, name string) kemi.Value {
	t.Helper()
	x, err := c.Server.Registry.Var(name)
	if err != nil {
		t.Fatal(err)
	}
	return x.Get(c)
}
