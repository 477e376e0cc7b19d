package main

import "testing"

// TestGrowth: a small heap may grow to five times its size, a large one to twice.
func TestGrowth(t *testing.T) {
	for _, c := range []struct {
		alive uint64
		want  int
	}{{0, 400}, {20 << 20, 400}, {64 << 20, 400}, {100 << 20, 200}, {128 << 20, 200}, {200 << 20, 100}, {2 << 30, 100}} {
		if got := growth(c.alive); got != c.want {
			t.Errorf("%d MiB alive: %d%%, want %d%%", c.alive>>20, got, c.want)
		}
	}
}
