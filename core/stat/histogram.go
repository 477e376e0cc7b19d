package stat

import (
	"sort"
	"sync/atomic"
	"time"
)

// Histogram counts durations in classes. Any goroutine may use it; to observe costs two atomic
// additions and allocates nothing.
type Histogram struct {
	bounds []time.Duration // upper ends of the classes, ascending; one more class is above them
	counts []atomic.Uint64
	sum    atomic.Int64
}

// NewHistogram makes a histogram whose classes end at the bounds, which ascend.
func NewHistogram(bounds []time.Duration) *Histogram {
	return &Histogram{bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

// Observe counts one duration.
func (h *Histogram) Observe(d time.Duration) {
	h.counts[sort.Search(len(h.bounds), func(i int) bool { return d <= h.bounds[i] })].Add(1)
	h.sum.Add(int64(d))
}

// Class is how many durations were not longer than a bound.
type Class struct {
	Bound time.Duration
	Count uint64
}

// Read gives the classes, each with those below it, the number of all and their sum. What is counted
// meanwhile may be in one and not yet in another.
func (h *Histogram) Read() (classes []Class, count uint64, sum time.Duration) {
	for i, b := range h.bounds {
		count += h.counts[i].Load()
		classes = append(classes, Class{b, count})
	}
	return classes, count + h.counts[len(h.bounds)].Load(), time.Duration(h.sum.Load())
}
