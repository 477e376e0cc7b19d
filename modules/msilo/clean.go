package msilo

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/db"
)

// clean removes expired messages every clean_period times check_time.
func (s *state) clean(ctx context.Context) {
	if s.checkTime == 0 {
		return
	}
	every(ctx, time.Duration(s.checkTime)*time.Second*time.Duration(max(1, s.cleanPeriod)), func() {
		if s.db.Down() {
			return
		}
		now := s.server.Clock.Now().Unix()
		_ = s.db.Later(db.Delete(s.table, db.Cond{Column: s.columns.expires, Op: "<", Value: now})) // a full queue: next time
	})
}

// every calls f in intervals until the context ends.
func every(ctx context.Context, d time.Duration, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			f()
		}
	}
}
