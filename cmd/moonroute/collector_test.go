package main

import "testing"

// TestGrowth: a heap may grow to what was taken at the start, a small one to five times its size, a large one to twice.
func TestGrowth(t *testing.T) {
	for _, c := range []struct{ alive, roots, taken, want uint64 }{
		{0, 0, 0, 400},
		{20, 0, 0, 400},
		{64, 4, 0, 400},
		{100, 0, 0, 200},
		{128, 0, 0, 200},
		{200, 0, 0, 100},
		{2048, 0, 64, 100},
		{0, 0, 64, 6400},
		{4, 0, 64, 1500},
		{4, 2, 64, 1000},
		{12, 1, 64, 400},
		{20, 1, 64, 400},
		{64, 1, 64, 400},
	} {
		h := heap{alive: c.alive << 20, roots: c.roots << 20}
		if got := h.growth(c.taken << 20); got != int(c.want) {
			t.Errorf("%d MiB alive, %d of roots, %d taken: %d%%, want %d%%", c.alive, c.roots, c.taken, got, c.want)
		}
	}
}
