package msilo

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/db"
)

// clean removes expired messages every clean_period times check_time.
func (s *state) clean() {
	if s.checkTime == 0 {
		return
	}
	s.server.Every(time.Duration(s.checkTime)*time.Second*time.Duration(max(1, s.cleanPeriod)), func(context.Context) {
		if s.db.Down() {
			return
		}
		now := s.server.Clock.Now().Unix()
		_ = s.db.Later(db.Delete(s.table, db.Cond{Column: s.columns.expires, Op: "<", Value: now})) // a full queue: next time
	})
}
