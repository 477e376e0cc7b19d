package resolve

import (
	"context"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// slowly is a DNS that answers after a while.
type slowly struct {
	*memory
	clock *clock.Manual
	takes time.Duration
}

func (s slowly) Ask(ctx context.Context, name string, want Type) ([]Record, error) {
	s.clock.Advance(s.takes)
	return s.memory.Ask(ctx, name, want)
}

// TestQuestionsAreCounted counts those without a record, and those that took as long as dns_slow_query_ms.
func TestQuestionsAreCounted(t *testing.T) {
	for _, x := range []struct {
		name         string
		limit, takes time.Duration
		failed, slow uint64
	}{
		{"a.test:5060", time.Second, time.Second - 1, 0, 0},
		{"a.test:5060", time.Second, time.Second, 0, 1},
		{"a.test:5060", 0, time.Hour, 0, 0},
		{"a.test", 0, 0, 1, 0}, // it has no SRV record
		{"srv.test", 0, 0, 0, 0},
		{"nobody.test:5060", time.Second, time.Second, 2, 2}, // neither A nor AAAA
	} {
		m := newMemory(zoneText)
		d, c := newDNS(m, func(v *Values) { v.Slow = x.limit })
		d.opt.Source = slowly{m, c, x.takes}
		for range 2 { // the second time the cache knows
			_, _ = d.Lookup(t.Context(), hopTo(x.name))
		}
		if failed, slow := d.Stats.Failed.Load(), d.Stats.Slow.Load(); failed != x.failed || slow != x.slow {
			t.Errorf("%s: %d failed, %d slow, want %d and %d; asked %s", x.name, failed, slow, x.failed, x.slow, m.questions())
		}
	}
}
