package load

import (
	"testing"
	"time"
)

// play notes pieces of work, each of which takes a time, and a share of which had to wait.
func play(g *Gauge, at *time.Time, n int, each time.Duration, waited int) {
	for i := range n {
		*at = at.Add(each)
		if i%100 < waited {
			g.Waiting(*at)
			continue
		}
		g.Idle(func() time.Time { return *at })
	}
}

func TestDebt(t *testing.T) {
	for _, x := range []struct {
		name        string
		waited, n   int // in 100; pieces of work of 1 ms
		least, most time.Duration
	}{
		{"idle", 0, 10000, 0, 0},
		{"busy", 90, 10000, 0, 100 * time.Millisecond},
		{"nearly too busy", 97, 10000, 0, 100 * time.Millisecond},
		{"too busy for a moment", 100, 200, 150 * time.Millisecond, 200 * time.Millisecond},
		{"too busy", 100, 10000, time.Second, time.Second},
		{"a little too busy", 99, 20000, 900 * time.Millisecond, time.Second},
	} {
		var g Gauge
		at := time.Unix(1000, 0)
		play(&g, &at, x.n, time.Millisecond, x.waited)
		if got := g.Behind(); got < x.least || got > x.most {
			t.Errorf("%s: %v behind", x.name, got)
		}
	}
}

// TestRelief: a line that has caught up takes everything again soon.
func TestRelief(t *testing.T) {
	var g Gauge
	at := time.Unix(1000, 0)
	play(&g, &at, 10000, time.Millisecond, 100)
	play(&g, &at, 20, time.Millisecond, 0)
	if g.Behind() != 0 {
		t.Errorf("%v behind", g.Behind())
	}
}

// TestPause: a pause is no load, however long it was, and neither is the time between two of them.
func TestPause(t *testing.T) {
	var g Gauge
	at := time.Unix(1000, 0)
	for range 5 {
		at = at.Add(10 * time.Second)
		play(&g, &at, 1, time.Millisecond, 0)
		at = at.Add(10 * time.Second)
		play(&g, &at, 20, time.Millisecond, 100)
	}
	if g.Behind() >= Start {
		t.Errorf("%v behind", g.Behind())
	}
}

func BenchmarkIdle(b *testing.B) {
	var g Gauge
	for b.Loop() {
		g.Idle(time.Now)
	}
}
