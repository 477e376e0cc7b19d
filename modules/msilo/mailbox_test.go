package msilo

import (
	"fmt"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

func newClaims() (*claims, *clock.Manual) {
	at := clock.NewManual(time.Unix(1_000_000_000, 0))
	c := new(claims)
	c.init(at)
	return c, at
}

func TestClaims(t *testing.T) {
	c, at := newClaims()
	early := c.begin()
	if !c.take(1, early, false) || c.take(1, early, false) {
		t.Fatal("a row must be taken once")
	}
	c.release(1)
	if !c.take(1, early, false) {
		t.Fatal("a released row cannot be taken")
	}
	late := c.begin() // shows the row still
	c.settle([]change{{id: 1}})
	if c.take(1, early, false) || c.take(1, late, false) {
		t.Error("a read from before the removal brings the row back")
	}
	if !c.take(1, c.begin(), false) {
		t.Error("the number belongs to another row now, which cannot be taken")
	}
	c.settle([]change{{id: 1}, {id: 2}, {id: 3}})
	at.Advance(3 * readTime)
	c.begin()
	if len(c.rows) != 0 || len(c.old) != 0 {
		t.Errorf("%d claims and %d old ones are kept for ever", len(c.rows), len(c.old))
	}
}

// TestClaimsForgetWhatIsOld: a row that is being sent again is not forgotten with its old state.
func TestClaimsForgetWhatIsOld(t *testing.T) {
	c, at := newClaims()
	c.take(1, c.begin(), false)
	c.settle([]change{{id: 1}})
	c.take(1, c.begin(), false)
	at.Advance(3 * readTime)
	if c.take(1, c.begin(), false) {
		t.Error("a row on its way was taken a second time")
	}
}

func TestMailboxesTakeTurns(t *testing.T) {
	var x mailboxes
	x.init(clock.NewManual(time.Unix(1_000_000_000, 0)))
	box := func(i int) *mailbox { return &mailbox{user: fmt.Sprint(i), credit: window} }
	var first *mailbox
	for i := range maxActive {
		b := box(i)
		if i == 0 {
			first = b
		}
		if got := x.enter(b); got != begun {
			t.Fatalf("mailbox %d: %v", i, got)
		}
	}
	if got := x.enter(box(0)); got != joined || !first.again {
		t.Fatalf("an open mailbox: %v, again %v", got, first.again)
	}
	waiting := box(maxActive)
	if got := x.enter(waiting); got != joined || len(x.waiting) != 1 {
		t.Fatalf("one too many: %v, %d wait", got, len(x.waiting))
	}
	x.leave(first)
	if b := <-x.reads; b != first || b.again || !b.reading {
		t.Fatalf("a mailbox that was asked for again: %+v", b)
	}
	x.leave(first)
	if b := <-x.reads; b != waiting || len(x.open) != maxActive {
		t.Fatalf("the next one: %+v, %d open", b, len(x.open))
	}
	for i := maxActive + 1; len(x.waiting) < maxQueued; i++ {
		x.enter(box(i))
	}
	if got := x.enter(box(-1)); got != refused {
		t.Fatalf("a full queue: %v", got)
	}
}

// TestClaimsOfAReminderThatFailed: it is a message from the commit on, also for a registration
// that comes before the commit is noted.
func TestClaimsOfAReminderThatFailed(t *testing.T) {
	c, _ := newClaims()
	if !c.take(1, c.begin(), true) || c.take(1, c.begin(), true) {
		t.Fatal("a reminder must be taken once")
	}
	if !c.take(1, c.begin(), false) {
		t.Fatal("the message that it became cannot be taken")
	}
	c.settle([]change{{id: 1, kept: true, reminder: true}})
	if c.take(1, c.begin(), false) {
		t.Error("a message on its way was taken a second time")
	}
	c.take(2, c.begin(), true)
	between := c.begin() // the commit and its being noted
	c.settle([]change{{id: 2, kept: true, reminder: true}})
	if c.take(2, between, true) || !c.take(2, between, false) {
		t.Error("a read between the commit and its note finds a message, and no reminder")
	}
}
