package main

import (
	"bytes"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// TestTakenMemory: a part of the heap is marked for huge pages, as "hg" among the flags of the mapping tells.
func TestTakenMemory(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("left out: this system has no huge pages")
	}
	takeMemory()
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(smaps) {
		if flags, ok := strings.CutPrefix(string(line), "VmFlags:"); ok && strings.Contains(flags, " hg") {
			return
		}
	}
	t.Error("no mapping is marked")
}

func TestMemoryToTake(t *testing.T) {
	if n := memoryToTake(); n <= 0 || n > mostTaken {
		t.Errorf("%d bytes", n)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(128 << 20))
	if n := memoryToTake(); n != 1<<20 {
		t.Errorf("with a limit of 128 MiB: %d bytes", n)
	}
}
