package timer

import (
	"context"
	"errors"
	"strconv"
	"strings"
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
	turned         chan struct{} // holds one token when on has changed
}

var errSyntax = errors.New("want NAME=FUNCTION,MILLISECONDS,slow|fast,enable")

// parse reads a declaration. Slow and fast are queues of the incumbent and mean nothing here.
func parse(text string) (*timer, error) {
	name, rest, _ := strings.Cut(text, "=")
	fields := strings.Split(rest, ",")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	t := &timer{name: strings.TrimSpace(name), function: fields[0], turned: make(chan struct{}, 1)}
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

// turn switches the timer and tells its worker.
func (t *timer) turn(on bool) {
	if t.on.Swap(on) == on {
		return
	}
	select {
	case t.turned <- struct{}{}:
	default:
	}
}

func (s *state) begin() {
	for _, t := range s.timers {
		s.server.Go(func(ctx context.Context) { s.work(ctx, t) })
	}
}

// work runs a timer until the server stops. The next interval begins when the function has
// ended or the timer was switched on.
func (s *state) work(ctx context.Context, t *timer) {
	for {
		var due <-chan time.Time
		if t.on.Load() {
			due = time.After(t.interval)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.turned:
		case <-due:
			s.server.OnShard(0, func(sh *kemi.Shard) { s.raise(sh, t) })
		}
	}
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
