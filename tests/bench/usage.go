package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tree is a process and all below it.
func tree(pid int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		child, _ := strconv.Atoi(strings.Split(path, "/")[2])
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], child)
	}
	found := []int{pid}
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}

// processorTime is what all threads of a process tree have run for: user and kernel time, to the nanosecond.
func processorTime(pid int) time.Duration {
	total := 0
	for _, member := range tree(pid) {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", member))
		for _, path := range threads {
			if data, err := os.ReadFile(path); err == nil {
				on, _, _ := strings.Cut(string(data), " ")
				n, _ := strconv.Atoi(on)
				total += n
			}
		}
	}
	return time.Duration(total)
}

// memory is the process tree's share of the machine's memory in MiB; pages shared by processes count once.
func memory(pid int) int {
	total := 0
	for _, member := range tree(pid) {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", member))
		_, rest, _ := strings.Cut(string(data), "\nPss:")
		if fields := strings.Fields(rest); len(fields) > 0 {
			n, _ := strconv.Atoi(fields[0])
			total += n
		}
	}
	return total / 1024
}

// tick is the unit of /proc/stat (USER_HZ, which Linux keeps at 100 a second).
const tick = 10 * time.Millisecond

// machineTime is how long the machine's processors have been busy since it started, with time stolen by
// other machines on the same hardware.
func machineTime() time.Duration {
	data, _ := os.ReadFile("/proc/stat")
	first, _, _ := strings.Cut(string(data), "\n")
	busy := 0
	for i, field := range strings.Fields(first) {
		if n, err := strconv.Atoi(field); err == nil && i != 4 && i != 5 && i <= 8 { // not idle, iowait, guest
			busy += n
		}
	}
	return time.Duration(busy) * tick
}

// loadAverage is that of the last minute.
func loadAverage() float64 {
	data, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(data), " ")
	n, _ := strconv.ParseFloat(first, 64)
	return n
}
