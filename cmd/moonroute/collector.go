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
	mostGrowth  = 400       // percent of what is alive, between two collections; more where the heap fits into the memory taken at the start
	leastGrowth = 100       // Go's own
	spareHeap   = 256 << 20 // bytes that the growth may come to above leastGrowth
)

// heap is what the collector found.
type heap struct {
	alive uint64 // bytes of the heap
	roots uint64 // bytes of the stacks and of global variables, to which the growth applies too
}

// growth is how much the heap may grow above what is alive, in percent. A heap that is small beside what was taken at the start may grow
// to that: what it does not use for a while the runtime gives back to the system, and to have it again takes milliseconds.
func (h heap) growth(taken uint64) int {
	percent := mostGrowth
	for percent > leastGrowth && h.alive*uint64(percent)/100 > spareHeap {
		percent /= 2
	}
	if h.alive >= taken {
		return percent
	}
	return max(percent, int((taken-h.alive)*100/max(h.alive+h.roots, 1<<20)))
}

// collector follows the heap: its finalizer runs after each collection.
type collector struct {
	taken   uint64 // bytes, at the start
	percent int
	samples [3]metrics.Sample
}

func startCollector(taken uint64) {
	c := &collector{taken: taken}
	for i, name := range []string{"/gc/heap/live:bytes", "/gc/scan/stack:bytes", "/gc/scan/globals:bytes"} {
		c.samples[i].Name = name
	}
	c.follow()
}

// follow sets the growth anew where it differs by a tenth: each change stops the process for a moment.
func (c *collector) follow() {
	metrics.Read(c.samples[:])
	h := heap{alive: c.samples[0].Value.Uint64(), roots: c.samples[1].Value.Uint64() + c.samples[2].Value.Uint64()}
	if p := h.growth(c.taken); p < c.percent*9/10 || p > c.percent*11/10 {
		c.percent = p
		debug.SetGCPercent(p)
	}
	runtime.SetFinalizer(c, (*collector).follow)
}
