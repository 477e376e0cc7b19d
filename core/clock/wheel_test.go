package clock

import (
	"math/rand"
	"strings"
	"testing"
	"time"
)

func TestTimersFireInOrderAndNeverEarly(t *testing.T) {
	start := time.Unix(1000, 0)
	w, now := NewWheel(start), start
	rng := rand.New(rand.NewSource(1))
	type entry struct {
		timer Timer
		due   time.Time
		fired time.Time
	}
	var all []*entry
	for range 5000 {
		d := time.Duration(rng.Int63n(int64(40 * time.Minute)))
		e := &entry{due: now.Add(d)}
		e.timer.Fire = func() { e.fired = now }
		w.Arm(&e.timer, now, d)
		all = append(all, e)
	}
	var last time.Time
	for w.Len() > 0 {
		next, ok := w.Next()
		if !ok || next.Before(last) {
			t.Fatalf("next %v after %v", next, last)
		}
		now, last = next, next
		w.Advance(now)
	}
	for _, e := range all {
		if late := e.fired.Sub(e.due); late < 0 || late > Tick {
			t.Fatalf("due %v fired %v late", e.due.Sub(start), late)
		}
	}
}

func TestStopAndRearm(t *testing.T) {
	start := time.Unix(0, 0)
	w := NewWheel(start)
	fired := 0
	a := Timer{Fire: func() { fired++ }}
	w.Arm(&a, start, time.Second)
	w.Stop(&a)
	w.Advance(start.Add(2 * time.Second))
	if fired != 0 || a.Armed() {
		t.Fatal("a stopped timer fired")
	}
	w.Arm(&a, start.Add(2*time.Second), time.Second)
	w.Arm(&a, start.Add(2*time.Second), 3*time.Second)
	w.Advance(start.Add(4 * time.Second))
	if fired != 0 {
		t.Fatal("a re-armed timer fired at its first instant")
	}
	w.Advance(start.Add(5 * time.Second))
	if fired != 1 || w.Len() != 0 {
		t.Fatalf("fired %d, left %d", fired, w.Len())
	}
}

func TestFireMayArmItself(t *testing.T) {
	start := time.Unix(0, 0)
	w, now := NewWheel(start), start
	n := 0
	var a Timer
	a.Fire = func() {
		if n++; n < 10 {
			w.Arm(&a, now, 500*time.Millisecond)
		}
	}
	w.Arm(&a, now, 500*time.Millisecond)
	for range 2000 {
		now = now.Add(Tick)
		w.Advance(now)
	}
	if n != 10 {
		t.Fatalf("fired %d times", n)
	}
}

func TestAdvanceInsideFire(t *testing.T) {
	start := time.Unix(0, 0)
	w, now := NewWheel(start), start
	var order []string
	second := Timer{Fire: func() { order = append(order, "second") }}
	later := Timer{Fire: func() { order = append(order, "later") }}
	// The first timer waits; meanwhile another one moves the wheel and arms a timer in the same slot, a turn ahead.
	first := Timer{Fire: func() {
		now = now.Add(4 * Tick)
		w.Advance(now)
		w.Arm(&later, now, (slots-4)*Tick)
		order = append(order, "first")
	}}
	w.Arm(&first, now, Tick)
	w.Arm(&second, now, Tick)
	now = now.Add(Tick)
	w.Advance(now)
	if got := strings.Join(order, " "); got != "second first" || w.Len() != 1 {
		t.Errorf("fired %q, %d left", got, w.Len())
	}
	w.Advance(now.Add(slots * Tick))
	if w.Len() != 0 || order[len(order)-1] != "later" {
		t.Errorf("fired %q", order)
	}
}

func BenchmarkArmStop(b *testing.B) {
	start := time.Unix(0, 0)
	w := NewWheel(start)
	t := Timer{Fire: func() {}}
	b.ReportAllocs()
	for b.Loop() {
		w.Arm(&t, start, 30*time.Second)
		w.Stop(&t)
	}
}
