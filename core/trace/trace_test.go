package trace

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

func text(callID, from, to string) string {
	return "INVITE sip:" + to + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:" + from + ">;tag=1\r\nTo: <sip:" + to +
		">\r\nCall-ID: " + callID + "\r\nCSeq: 1 INVITE\r\n\r\n"
}

var (
	near = flow.Flow{Proto: flow.UDP, Remote: netip.MustParseAddrPort("192.0.2.1:5060")}
	far  = flow.Flow{Proto: flow.UDP, Remote: netip.MustParseAddrPort("192.0.2.2:5060")}
)

func TestFilters(t *testing.T) {
	for name, f := range map[string]Filter{
		"call":            {CallID: "1"},
		"caller":          {User: "alice"},
		"callee":          {User: "bob@Example.com"},
		"address":         {Address: near.Remote.Addr()},
		"call and caller": {CallID: "1", User: "alice"},
	} {
		h := NewHub(clock.NewManual(time.Unix(0, 0)), nil)
		id, err := h.Start(f)
		if err != nil {
			t.Fatal(err)
		}
		h.Received(transport.Packet{Data: text("1", "alice@example.com", "bob@example.com"), Flow: near})
		h.Received(transport.Packet{Data: text("2", "carol@example.com", "dave@example.com"), Flow: far})
		h.Sent(far, []byte(text("1", "x@x", "y@y"))) // of a call that is known
		h.Received(transport.Packet{Data: "no SIP", Flow: near})
		h.Note(Event{CallID: "1", Kind: Function, Name: "tm.t_relay"})
		h.Note(Event{CallID: "2", Kind: Function, Name: "tm.t_relay"})
		events, lost, err := h.Read(id, 0)
		if err != nil || lost != 0 || kinds(events) != "in out function" {
			t.Errorf("%s: %s, %d lost, %v", name, kinds(events), lost, err)
		}
		if !h.Follows("1") || h.Follows("2") {
			t.Errorf("%s: the wrong calls are followed", name)
		}
	}
}

func kinds(events []Event) string {
	var list []string
	for _, e := range events {
		list = append(list, string(e.Kind))
	}
	return strings.Join(list, " ")
}

// TestReading: what was read is gone, what comes after follows.
func TestReading(t *testing.T) {
	h := NewHub(clock.NewManual(time.Unix(0, 0)), nil)
	id, _ := h.Start(Filter{CallID: "1"})
	message := transport.Packet{Data: text("1", "a@a", "b@b"), Flow: near}
	h.Received(message)
	h.Received(message)
	first, _, _ := h.Read(id, 0)
	h.Received(message)
	second, _, _ := h.Read(id, first[len(first)-1].Number)
	if len(first) != 2 || len(second) != 1 || second[0].Number != 3 {
		t.Errorf("%v, then %v", first, second)
	}
}

// TestDropsAreCheap: where a watcher does not read, the events that wait are not copied for each new one.
func TestDropsAreCheap(t *testing.T) {
	s := &session{calls: map[string]bool{"1": true}}
	for s.lost == 0 {
		s.note(Event{CallID: "1"})
	}
	copied := 0
	for range 1000 {
		second := &s.events[1]
		if s.note(Event{CallID: "1"}); &s.events[0] != second {
			copied++
		}
	}
	if copied > 1 {
		t.Errorf("%d events are copied %d times for 1000 new ones", len(s.events), copied)
	}
}

// TestOffIsFree: where nobody watches, asking whether a call is followed costs no memory.
func TestOffIsFree(t *testing.T) {
	h := NewHub(clock.NewManual(time.Unix(0, 0)), nil)
	if n := testing.AllocsPerRun(100, func() { _ = h.On() || h.Follows("1") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestBounds: a watcher that does not read costs little, and then nothing.
func TestBounds(t *testing.T) {
	c := clock.NewManual(time.Unix(0, 0))
	var switched []bool
	h := NewHub(c, func(on bool) { switched = append(switched, on) })
	id, _ := h.Start(Filter{CallID: "1"})
	long := text("1", "a@a", "b@b") + strings.Repeat("x", 60_000)
	for range 100 {
		h.Received(transport.Packet{Data: long, Flow: near})
	}
	events, lost, _ := h.Read(id, 0)
	if len(events) > maxBytes/60_000 || int(lost)+len(events) != 100 {
		t.Errorf("%d events are kept, %d lost", len(events), lost)
	}
	c.Advance(Patience + time.Second)
	h.Clean()
	if _, _, err := h.Read(id, 0); !errors.Is(err, ErrNoSession) || h.On() {
		t.Errorf("the session is still there: %v", err)
	}
	if len(switched) != 2 || !switched[0] || switched[1] {
		t.Errorf("it was switched %v", switched)
	}
	if _, err := h.Start(Filter{}); !errors.Is(err, ErrNoFilter) {
		t.Errorf("a filter without a choice: %v", err)
	}
	for range MaxSessions {
		_, _ = h.Start(Filter{User: "a"})
	}
	if _, err := h.Start(Filter{User: "a"}); !errors.Is(err, ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
}
