package acc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestParseComment(t *testing.T) {
	for text, want := range map[string]string{
		"404 Not here": "404|Not here|true",
		"404":          "404||true",
		"200:x":        "200|:x|true",
		"4044 zz":      "404|4 zz|true",
		"500  two":     "500|two|true",
		"40":           "|40|true",
		"no code":      "|no code|true",
		"abc 404":      "|abc 404|true",
		"$var(x)":      "||false",
		"":             "||false",
	} {
		code, reason, ok := parseComment(text)
		if got := fmt.Sprintf("%s|%s|%v", code, reason, ok); got != want {
			t.Errorf("%q reads as %s, want %s", text, got, want)
		}
	}
}

func TestEachPair(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"a=$si":                           "a:$si ",
		"a=$si;b=$hdr(X);":                "a:$si b:$hdr(X) ",
		" a = $si ; b=$ru":                "a:$si b:$ru ",
		"a=$(avp(x){s.select,0,;});b=$rU": "a:$(avp(x){s.select,0,;}) b:$rU ",
		"a":                               "error",
		"=$si":                            "error",
		"a=$si;b":                         "error",
	} {
		got := ""
		err := eachPair(text, func(name, value string) error {
			got += name + ":" + value + " "
			return nil
		})
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q reads as %q, want %q", text, got, want)
		}
	}
}

func TestLegs(t *testing.T) {
	legs, err := parseLegs("l1=$avp(x);l2=$avp(s:y)")
	if err != nil {
		t.Fatal(err)
	}
	var vars route.Vars
	if got := string(appendLegs(nil, legs, nil)); got != ";l1=;l2=" {
		t.Errorf("without AVPs: %q", got)
	}
	vars.AVP.Push(route.ClassURIFrom, "x", route.TextValue("1"))
	vars.AVP.Push(route.ClassURIFrom, "x", route.NumValue(2))
	vars.AVP.Push(route.ClassURIFrom, "y", route.TextValue("3"))
	if got := string(appendLegs(nil, legs, &vars)); got != ";l1=2;l2=3;l1=1;l2=" {
		t.Errorf("with AVPs: %q", got)
	}
	if _, err := parseLegs("l1=$ru"); err == nil {
		t.Error("a leg of $ru is no error")
	}
}

const message = "MESSAGE sip:bob@example.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" +
	"From: <sip:alice@example.test>;tag=a\r\nTo: <sip:bob@example.test>;tag=b\r\nCall-ID: 1@example.test\r\n" +
	"CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"

func TestLogRequest(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(message, func(c *kemi.Ctx) {
		if got := h.Call(c, "acc", "acc_log_request", kemi.Str("404 Not here")).Int(); got != 1 {
			t.Errorf("acc_log_request gives %d", got)
		}
		if got := h.Call(c, "acc", "acc_request", kemi.Str("no code"), kemi.Str("acc")).Int(); got != 1 {
			t.Errorf("acc_request gives %d", got)
		}
		for range 2 {
			if got := h.Call(c, "acc", "acc_db_request", kemi.Str("404 x"), kemi.Str("acc")).Int(); got != -1 {
				t.Errorf("acc_db_request gives %d", got)
			}
		}
	})
	for _, want := range []string{
		"NOTICE: acc: ACC: request accounted: timestamp=",
		";method=MESSAGE;from_tag=a;to_tag=b;call_id=1@example.test;code=404;reason=Not here\n",
		";call_id=1@example.test;code=;reason=no code\n",
	} {
		if !strings.Contains(h.Log(), want) {
			t.Errorf("the log lacks %q:\n%s", want, h.Log())
		}
	}
	if n := strings.Count(h.Log(), "no database"); n != 1 {
		t.Errorf("the missing database is told %d times", n)
	}
}

func TestWrongParameters(t *testing.T) {
	for text, want := range map[string]string{
		`modparam("acc", "log_flag", 32)`:             "from -1 to 31",
		`modparam("acc", "failed_filter", "404,abc")`: `"abc"`,
		`modparam("acc", "failed_filter", "200")`:     `"200"`,
		`modparam("acc", "cdr_enable", 1)`:            "dialog module",
	} {
		if _, err := kemitest.New(t, text, Module); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		`modparam("acc", "log_extra", "a=$nosuch")`:  "$nosuch",
		`modparam("acc", "multi_leg_info", "a=$ru")`: "$avp(name)",
		`modparam("acc", "time_mode", 3)`:            "needs module pv",
	} {
		h, err := kemitest.New(t, text, Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		h.Stop()
	}
}

// fixed is a module with one variable, so that records have attributes without module pv.
var fixed = kemi.Define(kemi.Spec[struct{}]{
	Name: "fixed", New: func() *struct{} { return new(struct{}) },
	Vars: kemi.Vars[struct{}]{
		{Name: "fixed", Doc: "a text", Get: func(*struct{}, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return kemi.Str("text") }},
		{Name: "absent", Doc: "nothing", Get: func(*struct{}, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return kemi.Null }},
	},
})

func BenchmarkRecord(b *testing.B) {
	h := kemitest.Start(b, `modparam("acc", "log_extra", "a=$fixed;b=$fixed")`, fixed, Module)
	s := h.Registry.Module("acc").State.(*state)
	h.Run(message, func(c *kemi.Ctx) {
		r := record{kind: &answered, msg: c.Msg, toTag: "b", code: "200", reason: "OK"}
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			buf = s.appendRecord(buf[:0], c, &r)
		}
	})
}
