package pv

import (
	"testing"

	"github.com/moonroute/moonroute/kemi"
)

// BenchmarkRead reads the variables that scripts read most, as KSR.pv.get does.
func BenchmarkRead(b *testing.B) {
	h := start(b)
	for _, name := range []string{"$ru", "$rU", "$fU", "$tU", "$ci", "$si", "$ua", "$rm", "$hdr(X-Custom)", "$(ru{uri.host})", "$var(x)", "$sp"} {
		b.Run(name, func(b *testing.B) {
			h.Run(sample(b, "invite"), func(c *kemi.Ctx) {
				args := kemi.MakeArgs(kemi.Str(name))
				get := h.Registry.Function("pv", "get")
				b.ReportAllocs()
				for b.Loop() {
					get.Call(c, args)
				}
			})
		})
	}
}

// TestReadsAllocateNothing guards the reads of the benchmark.
func TestReadsAllocateNothing(t *testing.T) {
	h := start(t)
	for _, name := range []string{"$ru", "$rU", "$fU", "$tU", "$ci", "$si", "$ua", "$rm", "$hdr(X-Custom)", "$(ru{uri.host})", "$var(x)", "$sp"} {
		h.Run(sample(t, "invite"), func(c *kemi.Ctx) {
			v := h.Registry.FindVar(name)
			if n := testing.AllocsPerRun(100, func() { v.Get(c) }); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
		})
	}
}
