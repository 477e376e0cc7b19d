package kemi

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/stat"
)

// Latency is how long the script's routes take, and the KSR functions that they call, time spent
// waiting included. It is measured where a module asks for it; else the hot path pays one comparison.
type Latency struct {
	Routes    *Durations
	Functions *Durations // "KSR.tm.t_relay"; nil: not measured
}

// LatencyMeter is a module that wants latencies measured (xhttp_prom).
type LatencyMeter interface {
	// MeasuresLatency is asked once its parameters are set.
	MeasuresLatency() (routes, functions bool)
}

// maxDurations bounds the names: scripts choose those of callbacks at run time.
const maxDurations = 1000

// latencyBounds go from what a short route takes to the time limit of scripts and beyond.
var latencyBounds = []time.Duration{
	5 * time.Microsecond, 10 * time.Microsecond, 25 * time.Microsecond, 50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond,
	500 * time.Microsecond, time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second,
}

// Durations are histograms by name.
type Durations struct {
	byName sync.Map // of string to *stat.Histogram
	names  atomic.Int64
}

// observe counts what has taken since begun.
func (d *Durations) observe(name string, begun time.Time) {
	took := time.Since(begun)
	h, known := d.byName.Load(name)
	if !known {
		if d.names.Add(1) > maxDurations {
			return
		}
		h, _ = d.byName.LoadOrStore(name, stat.NewHistogram(latencyBounds))
	}
	h.(*stat.Histogram).Observe(took)
}

// Each shows all histograms, in no order.
func (d *Durations) Each(show func(name string, h *stat.Histogram)) {
	d.byName.Range(func(name, h any) bool {
		show(name.(string), h.(*stat.Histogram))
		return true
	})
}

// measure begins to measure what modules ask for. It runs before the engine binds the functions.
func (s *Server) measure() {
	var l Latency
	for _, in := range s.Registry.Modules() {
		m, ok := in.State.(LatencyMeter)
		if !ok {
			continue
		}
		routes, functions := m.MeasuresLatency()
		if routes {
			l.Routes = new(Durations)
		}
		if functions {
			l.Functions = new(Durations)
		}
	}
	s.Latency = l
	if l.Functions != nil {
		s.Registry.timeFunctions(l.Functions)
	}
}

// timeFunctions puts a clock around each KSR function.
func (r *Registry) timeFunctions(d *Durations) {
	for table, functions := range r.tables {
		prefix := "KSR." + table + "."
		if table == "core" {
			prefix = "KSR."
		}
		for _, f := range functions {
			name, call := prefix+f.Name, f.Call
			f.Call = func(c *Ctx, a *Args) Value {
				begun := time.Now()
				v := call(c, a)
				d.observe(name, begun)
				return v
			}
		}
	}
}

// timed runs a script function and counts how long it took.
func (d *Durations) timed(ctx *Ctx, cb route.Callback, args []Value) route.Outcome {
	begun := time.Now()
	outcome := ctx.Server.Engine.Run(ctx, cb, args...)
	if outcome != route.Absent {
		d.observe(cb.Name, begun)
	}
	return outcome
}
