package maxfwd

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func message(maxForwards string) string {
	return strings.ReplaceAll("INVITE sip:b@b.example SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"+maxForwards+
		"From: <sip:a@a.example>;tag=1\nTo: <sip:b@b.example>\nCall-ID: 1\nCSeq: 1 INVITE\nContent-Length: 0\n\n", "\n", "\r\n")
}

func sent(c *kemi.Ctx) string {
	return string(route.AppendRequest(nil, c.Msg, &route.Outgoing{Flow: c.Msg.Flow}))
}

func TestProcess(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		header string
		limit  int
		want   int
		sent   string
	}{
		{"Max-Forwards: 70\n", 10, 1, "Max-Forwards: 69\r\n"},
		{"Max-Forwards: 10\n", 10, 1, "Max-Forwards:  9\r\n"},
		{"Max-Forwards: 255\n", 10, 1, "Max-Forwards:  70\r\n"},
		{"Max-Forwards: 1\n", 10, 1, "Max-Forwards: 0\r\n"},
		{"Max-Forwards: 0\n", 10, -1, "Max-Forwards: 0\r\n"},
		{"Max-Forwards: abc\n", 10, -2, "Max-Forwards: abc\r\n"},
		{"Max-Forwards: 70 \n", 10, -2, "Max-Forwards: 70 \r\n"},
		{"Max-Forwards: 123456\n", 10, -2, "Max-Forwards: 123456\r\n"},
		{"Max-Forwards: 70\n", 257, -1, "Max-Forwards: 70\r\n"},
		{"Max-Forwards: 70\n", -1, -1, "Max-Forwards: 70\r\n"},
		{"", 10, 2, "SIP/2.0\r\nMax-Forwards: 10\r\nVia"},
	} {
		h.Run(message(x.header), func(c *kemi.Ctx) {
			if got := h.Call(c, "maxfwd", "process_maxfwd", kemi.Int(x.limit)).Int(); got != x.want {
				t.Errorf("%q with limit %d: %d, want %d", x.header, x.limit, got, x.want)
			}
			if got := sent(c); !strings.Contains(got, x.sent) {
				t.Errorf("%q with limit %d: %q is not in\n%s", x.header, x.limit, x.sent, got)
			}
		})
	}
}

func TestProcessTwice(t *testing.T) {
	h := kemitest.Start(t, `modparam("maxfwd", "max_limit", 200)`+"\n", Module)
	h.Run(message("Max-Forwards: 100\n"), func(c *kemi.Ctx) {
		for range 3 {
			h.Call(c, "maxfwd", "process_maxfwd", kemi.Int(10))
		}
		if got := sent(c); !strings.Contains(got, "Max-Forwards:  97\r\n") {
			t.Errorf("three times: %s", got)
		}
		for limit, want := range map[int]int{97: -1, 98: 1, 300: -1} {
			if got := h.Call(c, "maxfwd", "is_maxfwd_lt", kemi.Int(limit)).Int(); got != want {
				t.Errorf("is_maxfwd_lt(%d) is %d, want %d", limit, got, want)
			}
		}
		c.Msg.RemoveHeader(c.Msg.Find("Max-Forwards"))
		if got := sent(c); strings.Contains(got, "97") || strings.Contains(got, "Max-Forwards") {
			t.Errorf("removed: %s", got)
		}
	})
}

func TestBelowWithoutNumber(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for header, want := range map[string]int{"": -2, "Max-Forwards: x\n": -3, "Max-Forwards: 0\n": 1} {
		h.Run(message(header), func(c *kemi.Ctx) {
			if got := h.Call(c, "maxfwd", "is_maxfwd_lt", kemi.Int(10)).Int(); got != want {
				t.Errorf("%q: %d, want %d", header, got, want)
			}
		})
	}
}

func BenchmarkProcess(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(message("Max-Forwards: 70\n"), func(c *kemi.Ctx) {
		f, a := h.Registry.Function("maxfwd", "process_maxfwd"), kemi.MakeArgs(kemi.Int(10))
		header := c.Msg.Find("Max-Forwards")
		value := header.Value
		b.ReportAllocs()
		for b.Loop() {
			header.Value = value
			c.Msg.Edits.Reset()
			f.Call(c, a)
		}
	})
}
