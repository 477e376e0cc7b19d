package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The collector trades memory for processor time while there is little memory to trade: messages live for
// milliseconds, and collecting a small heap at twice its size cost 5 to 8% of a call. A large heap is
// made of what stays (bindings, finished transactions), where the same bargain would cost gigabytes.
const (
	mostGrowth  = 400       // percent of what is alive, between two collections
	leastGrowth = 100       // Go's own
	spareHeap   = 256 << 20 // bytes that the growth may come to above leastGrowth
)

// growth is how much the heap may grow above what is alive, in percent. It changes in steps, since each change stops the
// process for a moment.
func growth(alive uint64) int {
	percent := mostGrowth
	for percent > leastGrowth && alive*uint64(percent)/100 > spareHeap {
		percent /= 2
	}
	return percent
}

// collector follows the heap: its finalizer runs after each collection.
type collector struct {
	percent int
	_       [24]byte // very small objects share their memory, and with it their end
}

func (c *collector) follow() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if p := growth(sample[0].Value.Uint64()); p != c.percent {
		c.percent = p
		debug.SetGCPercent(p)
	}
	runtime.SetFinalizer(c, (*collector).follow)
}
