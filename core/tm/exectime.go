package tm

import (
	"time"

	"github.com/moonroute/moonroute/core/log"
)

// checkTime warns if the failure route that began at start took longer than exec_time_check.
func (t *Transaction) checkTime(start time.Time) {
	env := &t.table.env
	limit := millis(env.Params.Get().ExecTimeCheck)
	if took := env.Clock.Now().Sub(start); limit > 0 && took >= limit {
		env.Log.Write(log.Warn, "tm", "the failure route of "+t.Request().CallID()+" took too long: "+took.Round(time.Millisecond).String())
	}
}
