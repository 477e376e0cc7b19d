package msrp

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// TestURI: what the incumbent gives; a dash stands for null.
func TestURI(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	parts := []string{"user", "host", "port", "session", "proto", "scheme", "params", "userinfo"}
	for uri, want := range map[string]string{
		"msrp://alice@atlanta.example:7654/jshA7weztas;tcp": "alice|atlanta.example|7654|jshA7weztas|tcp|msrp||alice",
		"msrps://[2001:db8::1]:2855/abc;tcp;x=y":            "|[2001:db8::1]|2855|abc|tcp|msrps|tcp;x=y|",
		"msrp://host.example/s;tcp":                         "|host.example||s|tcp|msrp||",
		"msrp://host.example:99":                            "|host.example|99|||msrp||",
		"msrp://u@h:1/s;ws":                                 "u|h|1|s|ws|msrp||u",
		"msrp://h:1;tcp":                                    "|h|1||tcp|msrp||",
		"msrp://a:b@h/ss;tcp;a;b=c":                         "a|h||ss|tcp|msrp|tcp;a;b=c|a:b",
		"MSRP://h:1/s;TCP":                                  "|h|1|s|TCP|MSRP||",
		"msrp:":                                             "-|-|-|-|-|-|-|-",
		"http://h/x;tcp":                                    "-|-|-|-|-|-|-|-",
		"msrp://h:abc/s;tcp":                                "-|-|-|-|-|-|-|-",
		"x":                                                 "-|-|-|-|-|-|-|-",
	} {
		got := make([]string, len(parts))
		for i, part := range parts {
			got[i] = transformed(t, h, uri, part)
		}
		if text := strings.Join(got, "|"); text != want {
			t.Errorf("%s: %s, want %s", uri, text, want)
		}
	}
}

func transformed(t *testing.T, h *kemitest.Host, uri, part string) (text string) {
	t.Helper()
	for _, tr := range transformations {
		if tr.Name != "msrpuri."+part {
			continue
		}
		h.Run("", func(c *kemi.Ctx) {
			v := tr.Call(nil, c, kemi.Str(uri), nil)
			if text = v.Text(); v.IsNull() {
				text = "-"
			}
		})
	}
	return text
}

const options0 = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"

// TestNoFrame: in a route for SIP, and in an event without a message, there is no frame.
func TestNoFrame(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, message := range []string{options0, ""} {
		h.Run(message, func(c *kemi.Ctx) {
			for i := range functions {
				f := &functions[i]
				if got := h.Call(c, "msrp", f.Name, kemi.Int(1), kemi.Str(""), kemi.Str("")); got.Int() != -1 {
					t.Errorf("%s gave %v", f.Name, got.Int())
				}
			}
			v, err := h.Registry.Var("$msrp(method)")
			if err != nil || !v.Get(c).IsNull() {
				t.Errorf("$msrp(method): %v", err)
			}
		})
	}
}

func TestHeaderLines(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"A: b":                        "A: b\r\n",
		"A: b\r\n":                    "A: b\r\n",
		"A: b\r\nC: d":                "A: b\r\nC: d\r\n",
		"A: b\r\n\r\nbody: x":         "no",
		"-------abcd$: x":             "no",
		"A: b\nC: d":                  "no",
		"no colon":                    "no",
		"A: b\r\n-------abcd$\r\nC: ": "no",
	} {
		got, ok := lines(in)
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestMapIsBounded: a flood of AUTH fills what one connection may have, and no more.
func TestMapIsBounded(t *testing.T) {
	m, now := newCmap(4), time.Unix(1e9, 0)
	flood, other := flow.Flow{Conn: 1}, flow.Flow{Conn: 2}
	for i := range 2 * maxPerConn {
		if got := m.add("msrp://a/b", flood, now.Add(time.Minute), now); (got != nil) != (i < maxPerConn) {
			t.Fatalf("session %d: %v", i, got)
		}
	}
	x := m.add("msrp://c/d", other, now.Add(time.Hour), now)
	if x == nil {
		t.Fatal("another connection gets no session")
	}
	later := now.Add(2 * time.Minute)
	if m.add("msrp://a/b", flood, later.Add(time.Minute), later) == nil {
		t.Error("expired sessions still count")
	}
	if _, ok := m.find(x.id, later); !ok || len(m.all()) != 2 {
		t.Errorf("%d sessions are left", len(m.all()))
	}
	if _, ok := m.find(x.id, now.Add(2*time.Hour)); ok {
		t.Error("an expired session is found")
	}
	m.expire(now.Add(3 * time.Hour))
	if len(m.all())+len(m.onConn) != 0 {
		t.Errorf("%d sessions, %d connections are left", len(m.all()), len(m.onConn))
	}
}
