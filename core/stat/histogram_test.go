package stat

import (
	"slices"
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	h := NewHistogram([]time.Duration{10, 100})
	for _, d := range []time.Duration{1, 10, 11, 100, 101, 5000} {
		h.Observe(d)
	}
	classes, count, sum := h.Read()
	if want := []Class{{10, 2}, {100, 4}}; !slices.Equal(classes, want) || count != 6 || sum != 5223 {
		t.Errorf("%v, %d in all, sum %d", classes, count, sum)
	}
	if n := testing.AllocsPerRun(100, func() { h.Observe(50) }); n != 0 {
		t.Errorf("%v allocations to observe", n)
	}
}
