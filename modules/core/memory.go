package core

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// The memory of the process, in bytes, stands in the place of the incumbent's shared memory.
var memoryStatistics = kemi.Stats[state]{
	ofMemory("total_size", "bytes that the process may take: the memory limit (GOMEMLIMIT), or the machine's memory", totalMemory),
	ofMemory("used_size", "bytes of the heap in use", usedMemory),
	ofMemory("real_used_size", "bytes held for the heap, the stacks and the runtime", heldMemory),
	ofMemory("max_used_size", "most bytes of memory that the process ever held, its program code included", peakMemory),
	ofMemory("free_size", "bytes that the process may still take", freeMemory),
	ofMemory("fragments", "always 0: the heap keeps no list of free fragments", func() int64 { return fragments }),
}

// fragments of free memory are not known: the heap keeps no list of them.
const fragments = 0

func ofMemory(name, doc string, value func() int64) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "shmem", Name: name, Doc: doc, Value: func(*state) int64 { return value() }}
}

// memory answers core.shmmem.
func (s *state) memory(c *rpc.Call) error {
	c.AddStruct().Add("total", totalMemory()).Add("free", freeMemory()).Add("used", usedMemory()).Add("real_used", heldMemory()).
		Add("max_used", peakMemory()).Add("fragments", fragments)
	return nil
}

// totalMemory is what the process may take: the memory limit, or the machine's memory.
func totalMemory() int64 {
	limit := debug.SetMemoryLimit(-1)
	if machine := procBytes("/proc/meminfo", "MemTotal:"); machine > 0 {
		return min(limit, machine)
	}
	return limit
}

func usedMemory() int64 { return measured("/memory/classes/heap/objects:bytes") }

// heldMemory is what the process has of the system for the heap and all around it.
func heldMemory() int64 {
	return measured("/memory/classes/total:bytes") - measured("/memory/classes/heap/released:bytes")
}

func peakMemory() int64 { return max(heldMemory(), procBytes("/proc/self/status", "VmHWM:")) }

func freeMemory() int64 { return max(0, totalMemory()-heldMemory()) }

// measured asks the runtime without stopping the world.
func measured(name string) int64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// procBytes is a size in a table of proc(5); 0 on systems without.
func procBytes(file, label string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	return sizeIn(string(text), label)
}

// sizeIn finds the line of a size, as in "VmHWM:     5120 kB".
func sizeIn(table, label string) int64 {
	for line := range strings.Lines(table) {
		if rest, ok := strings.CutPrefix(line, label); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}
