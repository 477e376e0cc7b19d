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

// memory is the memory of the process, in bytes. It stands in the place of the incumbent's shared memory.
type memory struct {
	total int64 // what the process may take: the memory limit, or the machine's memory
	used  int64 // in use on the heap
	real  int64 // held for the heap and all around it
	peak  int64 // the most that the process ever held
}

// free is what the process may still take.
func (m memory) free() int64 { return max(0, m.total-m.real) }

// fragments of free memory are not known: the heap keeps no list of them.
const fragments = 0

var memoryStatistics = kemi.Stats[state]{
	ofMemory("total_size", "bytes that the process may take: the memory limit (GOMEMLIMIT), or the machine's memory", func(m memory) int64 { return m.total }),
	ofMemory("used_size", "bytes of the heap in use", func(m memory) int64 { return m.used }),
	ofMemory("real_used_size", "bytes held for the heap, the stacks and the runtime", func(m memory) int64 { return m.real }),
	ofMemory("max_used_size", "most bytes of memory that the process ever held, its program code included", func(m memory) int64 { return m.peak }),
	ofMemory("free_size", "bytes that the process may still take", memory.free),
	ofMemory("fragments", "always 0: the heap keeps no list of free fragments", func(memory) int64 { return fragments }),
}

func ofMemory(name, doc string, of func(memory) int64) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "shmem", Name: name, Doc: doc, Value: func(*state) int64 { return of(readMemory()) }}
}

// memory answers core.shmmem.
func (s *state) memory(c *rpc.Call) error {
	m := readMemory()
	c.AddStruct().Add("total", m.total).Add("free", m.free()).Add("used", m.used).Add("real_used", m.real).
		Add("max_used", m.peak).Add("fragments", fragments)
	return nil
}

// readMemory reads the figures without stopping the world.
func readMemory() memory {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	value := func(i int) int64 { return int64(samples[i].Value.Uint64()) }
	m := memory{used: value(0), real: value(1) - value(2)}
	m.peak = max(m.real, procBytes("/proc/self/status", "VmHWM:"))
	m.total = debug.SetMemoryLimit(-1)
	if machine := procBytes("/proc/meminfo", "MemTotal:"); machine > 0 {
		m.total = min(m.total, machine)
	}
	return m
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
