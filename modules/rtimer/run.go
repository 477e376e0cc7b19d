package rtimer

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// begin starts the workers of all timers.
func (s *state) begin() {
	for _, t := range s.timers {
		if t.interval == 0 {
			t.interval = time.Duration(s.interval) * time.Second
		}
		if len(t.functions) == 0 {
			continue
		}
		for i := range t.workers {
			s.server.Every(t.interval, func(context.Context) { s.work(t, i) })
		}
	}
}

// work runs a timer's functions once.
func (s *state) work(t *timer, worker int) {
	shard := worker % len(s.server.Shards())
	for _, function := range t.functions {
		s.server.OnShard(shard, func(sh *kemi.Shard) { s.raise(sh, function, worker) })
	}
}

// workerKey is where an event's message keeps the number of the worker.
type workerKey struct{}

func (s *state) raise(sh *kemi.Shard, function string, worker int) {
	m, err := s.server.EventMessage(sh)
	if err != nil {
		s.server.Log.Write(log.Err, "rtimer", err.Error())
		return
	}
	m.Extra = map[any]any{workerKey{}: worker}
	if s.server.Raise(sh, function, "rtimer", m) == route.Absent {
		s.server.Log.Once(function, log.Err, "rtimer", "the script has no function "+function)
	}
}

// worker is $rtimer_worker; outside of timers it is 0.
func worker(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Int(0)
	}
	n, _ := c.Msg.Extra[workerKey{}].(int)
	return kemi.Int(n)
}
