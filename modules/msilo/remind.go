package msilo

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// maxReminders is how many reminders are on their way at once.
const maxReminders = 256

// remind sends the reminders that are due, every send_time.
func (s *state) remind() {
	free := make(chan struct{}, maxReminders)
	s.server.Every(time.Duration(s.sendTime)*time.Second, func(ctx context.Context) {
		if !s.db.Down() {
			s.remindAll(ctx, free)
		}
	})
}

// remindAll goes through the due reminders page by page. It blocks while too many are on their way.
func (s *state) remindAll(ctx context.Context, free chan struct{}) {
	for last := int64(0); ; {
		p := s.due(last)
		for i := range p.rows {
			m := &p.rows[i]
			last = m.id
			if !s.claims.take(m.id, p.read, true) {
				continue
			}
			select {
			case <-ctx.Done():
				return
			case free <- struct{}{}:
			}
			s.postReminder(m, func() { <-free })
		}
		if len(p.rows) < window {
			return
		}
	}
}

// due reads reminders whose time has come.
func (s *state) due(last int64) page {
	c := &s.columns
	return s.query(db.Query{
		Table: s.table, Columns: c.read(), Order: c.id, Limit: window,
		Where: []db.Cond{{Column: c.id, Op: ">", Value: last}, {Column: c.sendAt, Op: ">", Value: 0}, {Column: c.sendAt, Op: "<=", Value: s.server.Clock.Now().Unix()}},
	})
}

// postReminder sends a reminder from one of the shards and calls done when its answer is there.
func (s *state) postReminder(m *message, done func()) {
	shards := s.server.Shards()
	sh := shards[int(m.id)%len(shards)]
	sh.Post(0, shard.Func(func() { s.sendReminder(sh, m, done) }))
}

func (s *state) sendReminder(sh *kemi.Shard, m *message, done func()) {
	r := s.reminding(m)
	r.Done = func(r tm.LocalResult) {
		if r.Code >= 200 {
			s.reminded(m.id, r.Code)
			done()
		}
	}
	if _, err := sh.TM.Start(r); err != nil {
		s.server.Log.Write(log.Warn, "msilo", "a reminder cannot be sent: "+err.Error())
		s.reminded(m.id, 0)
		done()
	}
}

// reminded removes a reminder that was accepted. Any other becomes a message that waits for its owner.
func (s *state) reminded(id int64, code int) {
	accepted := code >= 200 && code < 300
	if accepted {
		s.reminders.dumped.Add(1)
	} else {
		s.reminders.failed.Add(1)
	}
	s.remover.add(change{id: id, kept: !accepted, reminder: true})
}
