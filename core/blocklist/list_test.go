package blocklist

import (
	"net/netip"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
)

func to(p flow.Proto, addr string) flow.Flow {
	return flow.Flow{Proto: p, Remote: netip.MustParseAddrPort(addr)}
}

func newList(o Options) (*List, *clock.Manual) {
	c := clock.NewManual(time.Unix(1_700_000_000, 0))
	o.Clock, o.On = c, true
	return New(o), c
}

func TestEntriesExpire(t *testing.T) {
	l, c := newList(Options{Expire: 20 * time.Second})
	bob, carol := to(flow.UDP, "192.0.2.1:5060"), to(flow.TCP, "192.0.2.1:5060")
	l.Add(bob, Timeout, 0)
	l.Add(carol, Connect, 5*time.Second)
	if l.Listed(bob) != Timeout || l.Listed(carol) != Connect || l.Listed(to(flow.UDP, "192.0.2.1:5061")) != 0 {
		t.Error("at first")
	}
	c.Advance(5 * time.Second)
	if l.Listed(bob) != Timeout || l.Listed(carol) != 0 {
		t.Error("after 5 s")
	}
	l.Add(bob, Send, 0)
	if l.Listed(bob) != Timeout|Send {
		t.Error("reasons of a listed destination add up")
	}
	c.Advance(20 * time.Second)
	l.Add(bob, Send, 0)
	if l.Listed(bob) != Send {
		t.Error("an expired reason is gone")
	}
	if !l.Remove(bob) || l.Remove(bob) || l.Listed(bob) != 0 {
		t.Error("removal")
	}
}

func TestEveryTransport(t *testing.T) {
	l, _ := newList(Options{})
	l.Add(to(flow.None, "[::ffff:192.0.2.1]:5060"), Admin, 0)
	if l.Listed(to(flow.UDP, "192.0.2.1:5060")) != Admin || l.Listed(to(flow.TCP, "192.0.2.1:5060")) != Admin {
		t.Error("an entry without a transport counts for each")
	}
}

func TestReasonsThatDoNotCount(t *testing.T) {
	l, _ := newList(Options{Ignore: map[flow.Proto]Reason{flow.TCP: Connect}})
	bob := to(flow.TCP, "192.0.2.1:5060")
	l.Note(bob, Connect, 0, 0)
	l.Note(bob, Connect|Send, Send, 0)
	if l.Listed(bob) != 0 {
		t.Error("the parameter and the message say so")
	}
	l.Note(bob, Connect|Send, Timeout, 0)
	if l.Listed(bob) != Send {
		t.Errorf("reasons %d", l.Listed(bob))
	}
}

func TestOff(t *testing.T) {
	bob := to(flow.UDP, "192.0.2.1:5060")
	for _, l := range []*List{nil, New(Options{Clock: clock.System{}})} {
		l.Note(bob, Send, 0, 0)
		if l.On() || l.Add(bob, Send, 0) || l.Listed(bob) != 0 || l.Remove(bob) {
			t.Error("a list that is off holds nothing")
		}
	}
}

func TestBound(t *testing.T) {
	l, c := newList(Options{Memory: 10 * EntrySize, Expire: 10 * time.Second})
	at := func(i byte) flow.Flow {
		return flow.Flow{Proto: flow.UDP, Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, i}), 5060)}
	}
	for i := range byte(10) {
		if !l.Add(at(i), Send, 0) {
			t.Fatalf("number %d is refused", i)
		}
	}
	if l.Add(at(10), Send, 0) || !l.Add(at(7), Send, 20*time.Second) {
		t.Error("the bound is elsewhere")
	}
	if used, limit := l.Memory(); used != 10*EntrySize || limit != used {
		t.Errorf("%d of %d bytes", used, limit)
	}
	c.Advance(10 * time.Second)
	if !l.Add(at(10), Send, 0) || len(l.Entries()) != 2 {
		t.Errorf("%+v are left", l.Entries())
	}
	if e := l.Entries()[0]; e.Addr != at(7).Remote || e.Left != 10*time.Second || e.Why != Send {
		t.Errorf("%+v", e)
	}
	if l.Clear(); len(l.Entries()) != 0 {
		t.Error("clearing")
	}
}
