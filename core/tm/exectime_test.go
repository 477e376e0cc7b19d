package tm

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
)

func TestExecTimeCheck(t *testing.T) {
	for _, c := range []struct {
		limit, takes int
		warned       bool
	}{{5000, 4999, false}, {5000, 5000, true}, {0, 9000, false}} {
		w := newWorld(t, func(v *Values) { v.ExecTimeCheck = c.limit })
		var records strings.Builder
		w.table.env.Log = log.New(&records, log.Warn, false)
		w.script["failed"] = func(*route.Call) route.Outcome {
			w.clock.Advance(millis(c.takes))
			return route.Done
		}
		m := w.request("MESSAGE", "x")
		m.Armed.Failure = route.Callback{Name: "failed"}
		w.relay(m)
		w.reply("bob", w.last("bob MESSAGE"), 404)
		if warned := strings.Contains(records.String(), "the failure route of"); warned != c.warned {
			t.Errorf("%+v: %q", c, records.String())
		}
		w.pass(time.Second)
	}
}
