package resolve

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

func TestCache(t *testing.T) {
	asked, now := 0, time.Unix(0, 0)
	fail := error(nil)
	c := &cached{names: map[string]answer{}, now: func() time.Time { return now }}
	c.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
		asked++
		return []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.1")}, fail
	}
	hop := Hop{Host: "h.example", Port: 5070, Proto: flow.TCP}
	if _, ok, _ := c.Cached(hop); ok {
		t.Fatal("an unknown name is not cached")
	}
	got, err := c.Lookup(t.Context(), hop)
	want := []Target{{flow.TCP, netip.MustParseAddrPort("192.0.2.1:5070")}, {flow.TCP, netip.MustParseAddrPort("[2001:db8::1]:5070")}}
	if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("got %v, %v", got, err)
	}
	if got, ok, err := c.Cached(hop); !ok || err != nil || len(got) != 2 {
		t.Errorf("cached: %v %v %v", got, ok, err)
	}
	now = now.Add(2 * keepFound)
	if _, ok, _ := c.Cached(hop); ok {
		t.Error("an old answer is asked for again")
	}
	fail = errors.New("no such host")
	if _, err := c.Lookup(t.Context(), hop); err == nil {
		t.Error("the failure is lost")
	}
	if _, ok, err := c.Cached(hop); !ok || err == nil {
		t.Error("a failure is remembered for a while")
	}
	now = now.Add(2 * keepMissing)
	if _, ok, _ := c.Cached(hop); ok {
		t.Error("a failure is remembered for too long")
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := &cached{names: map[string]answer{}, now: time.Now}
	c.lookup = func(context.Context, string, string) ([]netip.Addr, error) { return nil, nil }
	for i := range maxNames + 10 {
		_, _ = c.Lookup(t.Context(), Hop{Host: string(rune(i)) + "x"})
	}
	if len(c.names) > maxNames {
		t.Errorf("%d names", len(c.names))
	}
}
