package msilo

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
)

// remover notes in the table what became of rows, many with one statement: it removes those that
// were delivered, and turns reminders that failed into messages that wait for their owner.
type remover struct {
	mu   sync.Mutex
	rows []change
	wake chan struct{}
}

// change is one row, whether it is kept, and whether it was sent as a reminder.
type change struct {
	id       int64
	kept     bool
	reminder bool
}

func (r *remover) init() { r.wake = make(chan struct{}, 1) }

func (r *remover) add(rows ...change) {
	r.mu.Lock()
	r.rows = append(r.rows, rows...)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default: // it is told already
	}
}

// How many rows one statement changes, and one commit.
const (
	maxChanged   = 64
	maxCommitted = 16 * maxChanged
)

// take gives the next rows that change alike.
func (r *remover) take(into []change) []change {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < min(maxCommitted, len(r.rows)) && r.rows[n].kept == r.rows[0].kept {
		n++
	}
	into = append(into, r.rows[:n]...)
	r.rows = r.rows[n:]
	return into
}

// retryPause is the pause after a failure.
const retryPause = time.Second

// remove works until the server stops. What cannot be changed yet stays claimed, so that it is not
// sent again.
func (s *state) remove(ctx context.Context) {
	var rows []change
	for {
		rows = s.remover.take(rows[:0])
		var pause <-chan time.Time
		if len(rows) > 0 {
			if s.change(rows) == nil {
				continue
			}
			s.remover.add(rows...)
			pause = time.After(retryPause)
		}
		select {
		case <-ctx.Done():
			return
		case <-pause:
		case <-s.wakeUnless(pause):
		}
	}
}

// wakeUnless is what tells of new rows, but not during a pause.
func (s *state) wakeUnless(pause <-chan time.Time) <-chan struct{} {
	if pause != nil {
		return nil
	}
	return s.remover.wake
}

// removeRest makes a last attempt for what was answered while the server stopped.
func (s *state) removeRest() {
	for rows := s.remover.take(nil); len(rows) > 0; rows = s.remover.take(rows[:0]) {
		if s.change(rows) != nil {
			return
		}
	}
}

// change returns when the change of the rows is committed.
func (s *state) change(rows []change) error {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	text := s.sql.remove
	if rows[0].kept {
		text = s.sql.keep
	}
	var writes []db.Write
	for some := range slices.Chunk(ids, maxChanged) {
		writes = append(writes, byNumber(text, some))
	}
	if err := s.db.Write(writes...); err != nil {
		s.server.Log.Once("msilo change", log.Err, "msilo", "delivered messages cannot be removed yet: "+err.Error())
		return err
	}
	s.claims.settle(rows)
	return nil
}

// byNumber is a statement about some rows. Their number is filled up to a power of two with the
// last one, so that few statements are prepared.
func byNumber(text string, ids []int64) db.Write {
	n := 1
	for n < len(ids) {
		n *= 2
	}
	args := make([]any, n)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return db.Exec(text+strings.Repeat("?,", n-1)+"?)", args...)
}
