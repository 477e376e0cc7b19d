package blst

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func reply(headers string) string {
	return "SIP/2.0 503 Busy\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\n" +
		"To: <sip:c@d>;tag=b\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n" + headers + "Content-Length: 0\r\n\r\n"
}

// step is a call and its result with the list on and off.
type step struct {
	name    string
	args    []kemi.Value
	on, off int
}

var steps = []step{
	{"blst_is_blocklisted", nil, -1, -1}, {"blst_del", nil, -1, -1}, {"blst_add", []kemi.Value{kemi.Int(1)}, 1, 1},
	{"blst_is_blocklisted", nil, 1, -1}, {"blst_del", nil, 1, -1}, {"blst_is_blocklisted", nil, -1, -1},
	{"blst_add", []kemi.Value{kemi.Int(0)}, 1, 1}, {"blst_is_blocklisted", nil, 1, -1}, {"blst_del", nil, 1, -1},
	{"blst_add_default", nil, 1, 1}, {"blst_add_retry_after", []kemi.Value{kemi.Int(1), kemi.Int(2)}, -1, 1},
	{"blst_add", []kemi.Value{kemi.Int(-1)}, 1, 1}, {"blst_set_ignore", []kemi.Value{kemi.Int(6)}, 1, 1}, {"blst_set_ignore_all", nil, 1, 1},
	{"blst_clear_ignore", []kemi.Value{kemi.Int(6)}, 1, 1}, {"blst_clear_ignore_all", nil, 1, 1},
	{"blst_rpl_set_ignore", []kemi.Value{kemi.Int(6)}, 1, 1}, {"blst_rpl_set_ignore_all", nil, 1, 1},
	{"blst_rpl_clear_ignore", []kemi.Value{kemi.Int(1)}, 1, 1}, {"blst_rpl_clear_ignore_all", nil, 1, 1},
}

func TestFunctions(t *testing.T) {
	for _, on := range []bool{true, false} {
		config := ""
		if on {
			config = "use_dst_blocklist=on\n"
		}
		h := kemitest.Start(t, config, Module)
		h.Run(reply(""), func(c *kemi.Ctx) {
			for i, s := range steps {
				want := s.off
				if on {
					want = s.on
				}
				if got := h.Call(c, "blst", s.name, s.args...); got.Int() != want {
					t.Errorf("on=%v, step %d: %s gives %d, want %d", on, i, s.name, got.Int(), want)
				}
			}
		})
		h.Run("", func(c *kemi.Ctx) {
			if got := h.Call(c, "blst", "blst_is_blocklisted"); got.Int() != -1 {
				t.Error("no message is on the list")
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"Retry-After: 50\r\n": 50 * time.Second, "Retry-After: 5;duration=3\r\n": 30 * time.Second,
		"Retry-After: 900 (busy)\r\n": 100 * time.Second, "Retry-After: soon\r\n": 0,
	} {
		h := kemitest.Start(t, "use_dst_blocklist=on\n", Module)
		h.Run(reply(header), func(c *kemi.Ctx) { h.Call(c, "blst", "blst_add_retry_after", kemi.Int(30), kemi.Int(100)) })
		var got time.Duration
		for _, e := range h.Core.Blocklist().Entries() {
			got = e.Left
		}
		if got > want || got < want-15*time.Second {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestIgnored(t *testing.T) {
	h := kemitest.Start(t, "use_dst_blocklist=on\n", Module)
	h.Run(reply(""), func(c *kemi.Ctx) {
		h.Call(c, "blst", "blst_set_ignore", kemi.Int(6))
		h.Call(c, "blst", "blst_clear_ignore", kemi.Int(2))
		h.Call(c, "blst", "blst_rpl_set_ignore_all")
		h.Call(c, "blst", "blst_rpl_clear_ignore", kemi.Int(16))
		if c.Msg.Forward.Ignored() != 4 || c.Msg.Reply.Ignored() != 0xef {
			t.Errorf("%d, %d", c.Msg.Forward.Ignored(), c.Msg.Reply.Ignored())
		}
		h.Call(c, "blst", "blst_clear_ignore_all")
		h.Call(c, "blst", "blst_rpl_clear_ignore_all")
		if c.Msg.Forward|c.Msg.Reply != 0 {
			t.Errorf("%d, %d", c.Msg.Forward, c.Msg.Reply)
		}
	})
}
