package timer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// timer is what a declare_timer parameter says, and whether it runs now.
type timer struct {
	name, function string
	interval       time.Duration
	on             atomic.Bool

	mu    sync.Mutex
	turns int    // how often it was switched
	stop  func() // keeps it from running; nil before the server runs
}

var errSyntax = errors.New("want NAME=FUNCTION,MILLISECONDS,slow|fast,enable")

// parse reads a declaration. Slow and fast are queues of the incumbent and mean nothing here.
func parse(text string) (*timer, error) {
	name, rest, _ := strings.Cut(text, "=")
	fields := strings.Split(rest, ",")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	t := &timer{name: strings.TrimSpace(name), function: fields[0]}
	if t.name == "" || t.function == "" || len(fields) < 2 || len(fields) > 4 {
		return nil, errSyntax
	}
	ms, err := strconv.ParseUint(fields[1], 10, 31)
	if err != nil || ms == 0 {
		return nil, errSyntax
	}
	t.interval = time.Duration(ms) * time.Millisecond
	if len(fields) > 2 && fields[2] != "" && fields[2] != "slow" && fields[2] != "fast" {
		return nil, errSyntax
	}
	if len(fields) > 3 && fields[3] != "" {
		t.on.Store(true)
		if fields[3] != "enable" {
			return nil, errSyntax
		}
	}
	return t, nil
}

// turn switches the timer: off at once, on for an interval from now.
func (s *state) turn(t *timer, on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on.Swap(on) == on || t.stop == nil {
		return
	}
	t.stop()
	t.turns++
	if on {
		s.arm(t)
	}
}

func (s *state) begin() {
	for _, name := range slices.Sorted(maps.Keys(s.timers)) {
		t := s.timers[name]
		t.mu.Lock()
		t.stop = func() {}
		if t.on.Load() {
			s.arm(t)
		}
		t.mu.Unlock()
	}
}

// arm has the timer run an interval from now, and again an interval after its function has
// ended unless it was switched meanwhile. The caller holds t.mu.
func (s *state) arm(t *timer) {
	turns := t.turns
	t.stop = s.server.After(t.interval, func(context.Context) {
		s.server.OnShard(0, func(sh *kemi.Shard) { s.raise(sh, t) })
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.turns == turns {
			s.arm(t)
		}
	})
}

func (s *state) raise(sh *kemi.Shard, t *timer) {
	if !t.on.Load() {
		return
	}
	m, err := s.server.EventMessage(sh)
	if err != nil {
		s.server.Log.Write(log.Err, "timer", err.Error())
		return
	}
	if s.server.Raise(sh, t.function, "timer", m) == route.Absent {
		s.server.Log.Once(t.function, log.Err, "timer", "the script has no function "+t.function)
	}
}
