package msilo

import (
	"fmt"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

func TestPace(t *testing.T) {
	at := time.Unix(1_000_000_000, 0)
	p := pace{allowed: leastSending}
	for range 100 {
		p.well()
	}
	if p.allowed != leastSending+100 {
		t.Errorf("%d after 100 that went well", p.allowed)
	}
	p.late(at, at.Add(lateAnswer))
	p.late(at.Add(lateAnswer/2), at.Add(2*lateAnswer)) // of the same round
	if p.allowed != (leastSending+100)/2 {
		t.Errorf("%d after a late round", p.allowed)
	}
	for range p.allowed {
		p.well()
	}
	if p.allowed != (leastSending+100)/2+1 {
		t.Errorf("%d after a round that went well", p.allowed)
	}
	for i := range 10 {
		sent := at.Add(time.Duration(i+1) * time.Minute)
		p.late(sent, sent.Add(lateAnswer))
	}
	if p.allowed != leastSending {
		t.Errorf("%d after many late rounds", p.allowed)
	}
	p.slow = false
	for range 2 * maxActive {
		p.well()
	}
	if p.allowed != maxActive {
		t.Errorf("%d at most", p.allowed)
	}
}

// placed are mailboxes of which the first ones have a place, and the next one waits for it.
func placed(t *testing.T) (x *mailboxes, at *clock.Manual, sending []*mailbox, next *mailbox) {
	t.Helper()
	at, x = clock.NewManual(time.Unix(1_000_000_000, 0)), new(mailboxes)
	x.init(at)
	for i := range leastSending {
		b := &mailbox{user: fmt.Sprint(i)}
		x.enter(b)
		if !x.place(b) {
			t.Fatalf("mailbox %d has no place", i)
		}
		sending = append(sending, b)
	}
	next = &mailbox{user: "next", page: page{rows: make([]message, 1)}, last: 7}
	x.enter(next)
	if x.place(next) || !next.reading || next.page.rows != nil || next.last != 0 || x.active != leastSending {
		t.Fatalf("one too many: %+v, %d active", next, x.active)
	}
	return x, at, sending, next
}

func (x *mailboxes) resumed() *mailbox {
	select {
	case b := <-x.reads:
		return b
	default:
		return nil
	}
}

func TestMailboxGetsThePlaceOfAnother(t *testing.T) {
	x, _, sending, next := placed(t)
	x.leave(sending[0])
	if b := x.resumed(); b != next || !b.placed {
		t.Fatalf("%+v", b)
	}
	if len(x.sending) != leastSending || x.active != leastSending || x.pace.allowed != leastSending {
		t.Errorf("%d have a place of %d, %d are active", len(x.sending), x.pace.allowed, x.active)
	}
}

// TestSilentMailboxesGiveTheirPlace: phones that do not answer hold up others for a while only, and what they say
// later still counts.
func TestSilentMailboxesGiveTheirPlace(t *testing.T) {
	x, at, sending, next := placed(t)
	at.Advance(silence)
	x.passSilent()
	if b := x.resumed(); b != nil {
		t.Fatal("a place was given away too early")
	}
	x.answered(sending[0], at.Now())
	at.Advance(time.Second)
	x.passSilent()
	if b := x.resumed(); b != next || len(x.sending) != 2 {
		t.Fatalf("%+v goes on, %d have a place", b, len(x.sending))
	}
	x.leave(sending[1])
	x.leave(sending[0])
	if len(x.sending) != 1 || x.active != leastSending-1 || x.pace.allowed != leastSending+1 {
		t.Errorf("%d have a place of %d, %d are active", len(x.sending), x.pace.allowed, x.active)
	}
}

func TestLateAnswersMakeFewer(t *testing.T) {
	x, at, sending, _ := placed(t)
	x.pace.allowed = 4 * leastSending
	sent := at.Now()
	at.Advance(lateAnswer)
	for _, b := range sending {
		x.answered(b, sent)
		x.leave(b)
	}
	if x.pace.allowed != 2*leastSending {
		t.Errorf("%d are allowed", x.pace.allowed)
	}
}

func TestRegistrationsAreRemembered(t *testing.T) {
	at := clock.NewManual(time.Unix(1_000_000_000, 0))
	r, bob := new(registrations), owner{"bob", "h.test"}
	r.init(at)
	start := at.Now()
	at.Advance(1)
	r.note(bob, "X: 1\r\n")
	if headers, ok := r.since(bob, start); !ok || headers != "X: 1\r\n" {
		t.Errorf("%q, %v", headers, ok)
	}
	if _, ok := r.since(bob, start.Add(1)); ok {
		t.Error("it was before that")
	}
	at.Advance(meeting)
	for i := range maxAsked + 1 {
		r.note(owner{fmt.Sprint(i), "h.test"}, "")
	}
	if _, ok := r.since(bob, start); !ok || len(r.recent) != maxAsked {
		t.Errorf("bob is forgotten, or %d are remembered", len(r.recent))
	}
	at.Advance(2 * meeting)
	r.note(owner{"carol", "h.test"}, "")
	if _, ok := r.since(bob, start); ok || len(r.recent) != 1 || len(r.earlier) != 0 {
		t.Errorf("%d and %d are remembered for ever", len(r.recent), len(r.earlier))
	}
}
