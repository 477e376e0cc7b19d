package xhttp_prom

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moonroute/moonroute/kemi"
)

// state is the module in one server.
type state struct {
	statistics, prefix, tags  string
	timeout, uptime, metadata int
	builtin, unused           int
	unit                      time.Duration // of timestamps; 0: none
	families                  []*family     // in the order of their declaration
	byName                    map[string]*family
	server                    *kemi.Server
	own                       *prometheus.Registry
}

func newState() *state { return &state{unit: time.Millisecond, byName: map[string]*family{}} }

// MeasuresLatency implements kemi.LatencyMeter.
func (s *state) MeasuresLatency() (routes, functions bool) { return s.builtin >= 1, s.builtin >= 2 }

// Start implements the module's start.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.builtin > 0 {
		s.own = ownNumbers(server)
	}
	if s.timeout <= 0 {
		return fmt.Errorf("xhttp_prom_timeout is %d: it takes a number of minutes", s.timeout)
	}
	return nil
}

func (s *state) setTimestamp(v kemi.ParamValue) error {
	units := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "none": 0, "": 0}
	unit, known := units[v.Str]
	if !known {
		return fmt.Errorf("timestamp_format %q: want ms, s or none", v.Str)
	}
	s.unit = unit
	return nil
}
