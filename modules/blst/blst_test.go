package blst

import (
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
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
	h := kemitest.Start(t, "use_dst_blocklist=on\n", Module)
	s := h.Registry.Module("blst").State.(*state)
	for header, want := range map[string]int64{
		"Retry-After: 50\r\n": 50, "Retry-After: 5;duration=3\r\n": 30, "Retry-After: 900 (busy)\r\n": 100, "Retry-After: soon\r\n": 0,
	} {
		s.list.until = map[address]int64{}
		now := s.now()
		h.Run(reply(header), func(c *kemi.Ctx) { h.Call(c, "blst", "blst_add_retry_after", kemi.Int(30), kemi.Int(100)) })
		var got int64
		for _, until := range s.list.until {
			got = until - now
		}
		if got != want && got != want+1 {
			t.Errorf("%q: %d seconds, want %d", header, got, want)
		}
	}
}

func TestBoundAndExpiry(t *testing.T) {
	l := list{until: map[address]int64{}}
	at := func(i int) address {
		return address{flow.UDP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 5060)}
	}
	for i := range maxAddresses {
		if !l.add(at(i), 100, 10) {
			t.Fatalf("number %d is refused", i)
		}
	}
	if l.add(at(maxAddresses), 109, 10) || !l.add(at(7), 109, 10) {
		t.Error("the bound is elsewhere")
	}
	if !l.has(at(7), 118) || l.has(at(8), 110) {
		t.Error("the times are wrong")
	}
	if !l.add(at(maxAddresses), 110, 10) || len(l.until) != 2 {
		t.Errorf("%d are left", len(l.until))
	}
}
