package main

import (
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// The first part of the heap is taken at the start, in huge pages. What a transaction keeps is mostly memory that is touched for the first
// time: a page fault for each 4 KiB of it was 4 to 7 % of a relayed message, and clearing a huge page in the middle of one takes some
// milliseconds.
const (
	mostTaken  = 128 << 20 // bytes; about what the transactions of a thousand calls a second need
	shareTaken = 128       // of the machine's memory no more than this part of it
)

// takeMemory has the system give that memory now, and tells how much, in bytes. The heap grows into the block, which is given up at once;
// the collector sees to it that the runtime keeps it. A system without huge pages gives small ones.
func takeMemory() uint64 {
	n := memoryToTake()
	if n > 0 {
		take(make([]byte, n))
		runtime.GC()
	}
	return uint64(n)
}

func take(block []byte) {
	_ = unix.Madvise(block, unix.MADV_HUGEPAGE)
	_ = unix.Madvise(block, unix.MADV_POPULATE_WRITE)
}

// memoryToTake is how much, in bytes: less on a small machine, and where the control group or GOMEMLIMIT allows less.
func memoryToTake() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	total := int64(info.Totalram) * int64(info.Unit)
	if limit := debug.SetMemoryLimit(-1); limit < total {
		total = limit
	}
	return min(mostTaken, total/shareTaken)
}
