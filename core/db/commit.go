package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// step is one statement of a batch, or several inserts of the same shape as one.
type step struct {
	first *Write
	jobs  []*job
	rows  []*Write
}

// maxRows is how many inserts become one statement. The numbers of rows used are powers of
// two, so that few statements are prepared.
const maxRows = 64

// plan puts neighbours that are alike together.
func (w *writer) plan(jobs []*job) []step {
	steps := w.steps[:0]
	for _, j := range jobs {
		j.affected = 0 // this may be another attempt
		for i := range j.writes {
			steps = addStep(steps, j, &j.writes[i])
		}
	}
	w.steps = steps
	return steps
}

func addStep(steps []step, j *job, write *Write) []step {
	if n := len(steps); n > 0 && steps[n-1].first.sameShape(write) {
		last := &steps[n-1]
		last.jobs, last.rows = append(last.jobs, j), append(last.rows, write)
		return steps
	}
	if cap(steps) > len(steps) { // reuse the lists of an earlier batch
		steps = steps[:len(steps)+1]
	} else {
		steps = append(steps, step{})
	}
	s := &steps[len(steps)-1]
	s.first, s.jobs, s.rows = write, append(s.jobs[:0], j), append(s.rows[:0], write)
	return steps
}

// commit does all jobs in one transaction. A single statement is its own transaction.
func (w *writer) commit(jobs []*job) error {
	ctx, cancel := w.context()
	defer cancel()
	steps := w.plan(jobs)
	if len(steps) == 0 {
		return nil
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	w.db.Stats.Commits.Add(1)
	if len(steps) == 1 && len(steps[0].rows) <= maxRows && powerOfTwo(len(steps[0].rows)) {
		return uncertain(w.step(ctx, &steps[0]))
	}
	return w.transaction(ctx, steps)
}

func (w *writer) transaction(ctx context.Context, steps []step) error {
	if err := w.plain(ctx, w.db.dialect.begin); err != nil {
		return err
	}
	for i := range steps {
		if err := w.step(ctx, &steps[i]); err != nil {
			w.rollback(ctx, err)
			return err
		}
	}
	if err := w.plain(ctx, "COMMIT"); err != nil {
		w.rollback(ctx, err)
		return uncertain(err)
	}
	return nil
}

// uncertain marks an error after which the write may be there: the connection was lost while it was under way.
func uncertain(err error) error {
	if err == nil || judge(err) != connectionLost || errors.Is(err, driver.ErrBadConn) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUncertain, err)
}

// rollback makes the connection fit for the next batch; a connection that cannot is given up.
func (w *writer) rollback(ctx context.Context, cause error) {
	if err := w.plain(ctx, "ROLLBACK"); err != nil {
		w.disconnect()
	}
	if judge(cause) == tryAgain {
		time.Sleep(pauseAfterLock)
	}
}

func (w *writer) plain(ctx context.Context, text string) error {
	_, err := w.conn.ExecContext(ctx, text)
	return err
}

// step does one statement, inserts in portions of a power of two.
func (w *writer) step(ctx context.Context, s *step) error {
	for from := 0; from < len(s.rows); {
		n := portion(len(s.rows) - from)
		affected, err := w.exec(ctx, s.rows[from:from+n])
		if err != nil {
			return err
		}
		for _, j := range s.jobs[from : from+n] {
			j.affected += affected / int64(n)
		}
		from += n
	}
	return nil
}

func portion(n int) int {
	p := 1
	for p*2 <= min(n, maxRows) {
		p *= 2
	}
	return p
}

func powerOfTwo(n int) bool { return n&(n-1) == 0 }

// exec does one statement and tells how many rows it touched.
func (w *writer) exec(ctx context.Context, rows []*Write) (int64, error) {
	text := rows[0].sql(w.db.dialect, len(rows))
	w.args = w.args[:0]
	for _, r := range rows {
		w.args = r.appendArgs(w.args)
	}
	s, err := w.texts.prepare(ctx, w.conn, text)
	if err != nil {
		return 0, err
	}
	if s == nil {
		return count(w.conn.ExecContext(ctx, text, w.args...))
	}
	return count(s.ExecContext(ctx, w.args...))
}

func count(r driver.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
