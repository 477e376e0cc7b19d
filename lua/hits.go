package lua

import (
	"strings"
	"sync/atomic"

	"github.com/moonroute/moonroute/kemi"
)

// hits count what ended routes of the scripts.
type hits struct {
	failures, time, memory, stack, states atomic.Int64
	reloads, broken                       atomic.Int64
}

// overflow counts the limits that gopher-lua itself keeps.
func (h *hits) overflow(text string) {
	if strings.HasSuffix(text, "stack overflow") || strings.HasSuffix(text, "registry overflow") {
		h.stack.Add(1)
	}
}

// Counts implements kemi.ScriptReporter.
func (e *engine) Counts() kemi.ScriptCounts {
	h := &e.hits
	return kemi.ScriptCounts{
		Failures: h.failures.Load(), TimeLimit: h.time.Load(), MemoryLimit: h.memory.Load(),
		StackLimit: h.stack.Load(), StateLimit: h.states.Load(),
		Reloads: h.reloads.Load(), BrokenReloads: h.broken.Load(), States: e.handles.count(),
	}
}
