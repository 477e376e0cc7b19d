package db

import (
	"database/sql/driver"
	"errors"
	"fmt"
)

// step is one statement of a batch, or several inserts of the same shape as one.
type step struct {
	first *Write
	jobs  []*job
	rows  []*Write
}

// maxRows is how many inserts become one statement. Above fewRows the numbers of rows used are
// powers of two, so that not too many statements are prepared.
const (
	maxRows = 64
	fewRows = 8
)

// plan puts inserts that are alike together.
func (w *writer) plan(list []*job) []step {
	w.steps = w.steps[:0]
	for _, j := range list {
		j.affected = 0 // this may be another attempt
		for i := range j.writes {
			w.add(j, &j.writes[i])
		}
	}
	return w.steps
}

// lookBack is over how many other statements an insert may be moved forward.
const lookBack = 4

// add appends a write to the step that it may join, or makes one. Inserts into other tables
// may be overtaken: nobody can tell.
func (w *writer) add(j *job, write *Write) {
	for i := len(w.steps) - 1; i >= max(0, len(w.steps)-lookBack); i-- {
		s := &w.steps[i]
		if s.first.sameShape(write) {
			s.jobs, s.rows = append(s.jobs, j), append(s.rows, write)
			return
		}
		if s.first.kind != insert || write.kind != insert || s.first.table == write.table {
			break
		}
	}
	if cap(w.steps) > len(w.steps) { // reuse the lists of an earlier batch
		w.steps = w.steps[:len(w.steps)+1]
	} else {
		w.steps = append(w.steps, step{})
	}
	s := &w.steps[len(w.steps)-1]
	s.first, s.jobs, s.rows = write, append(s.jobs[:0], j), append(s.rows[:0], write)
}

// commit does all jobs in one transaction. A single statement is its own transaction.
func (w *writer) commit(list []*job) error {
	steps := w.plan(list)
	if len(steps) == 0 {
		return nil
	}
	if err := w.connect(w.db.o.Timeout); err != nil {
		return err
	}
	w.db.Stats.Commits.Add(1)
	if n := len(steps[0].rows); len(steps) == 1 && n == portion(n) {
		return uncertain(w.step(&steps[0]))
	}
	return w.transaction(steps)
}

func (w *writer) transaction(steps []step) error {
	if _, err := w.session.direct(w.db.dialect.begin); err != nil {
		return err
	}
	for i := range steps {
		if err := w.step(&steps[i]); err != nil {
			w.rollback()
			return err
		}
	}
	if _, err := w.session.direct("COMMIT"); err != nil {
		w.rollback()
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
func (w *writer) rollback() {
	if _, err := w.session.direct("ROLLBACK"); err != nil {
		w.disconnect()
	}
}

// step does one statement, inserts in portions.
func (w *writer) step(s *step) error {
	for from := 0; from < len(s.rows); {
		n := portion(len(s.rows) - from)
		affected, err := w.exec(s.rows[from : from+n])
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

// portion is how many of n rows become one statement.
func portion(n int) int {
	if n <= fewRows {
		return n
	}
	p := fewRows
	for p*2 <= min(n, maxRows) {
		p *= 2
	}
	return p
}

// exec does one statement and tells how many rows it touched.
func (w *writer) exec(rows []*Write) (int64, error) {
	d := w.db.dialect
	w.text = rows[0].appendSQL(w.text[:0], d, len(rows))
	w.args = w.args[:0]
	for _, r := range rows {
		w.args = r.appendArgs(w.args, d)
	}
	defer clear(w.args) // they may hold parts of messages
	return w.session.exec(w.text, w.args)
}
