package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestHugePages: a part of the heap of that size is marked for huge pages, as "hg" among the flags of the mapping tells.
func TestHugePages(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("this system has no huge pages")
	}
	useHugePages()
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
