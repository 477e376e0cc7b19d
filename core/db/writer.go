package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/log"
)

// writer is the one goroutine that writes to a database.
type writer struct {
	db    *DB
	conn  *sql.Conn
	texts *statements // prepared on conn
	batch []*job
	steps []step
	args  []any
}

// run writes what comes until the database is closed.
func (w *writer) run() {
	d := w.db
	for {
		select {
		case <-d.kick:
		case <-d.queue.wake:
		case <-d.stop:
			w.finish()
			return
		}
		if d.down.Load() {
			w.disconnect()
			d.reconnect()
		}
		w.work()
	}
}

// work writes until nothing is left or the connection is lost.
func (w *writer) work() {
	for !w.db.down.Load() {
		w.batch = w.db.queue.take(w.batch[:0], w.db.o.Batch)
		if len(w.batch) == 0 {
			return
		}
		w.write(w.batch)
		clear(w.batch)
	}
}

// finish writes what is left, unless the database cannot be reached.
func (w *writer) finish() {
	w.work()
	w.db.queue.close()
	if n := w.db.Kept(); n > 0 {
		w.db.o.Log.Error("db", fmt.Sprintf("%s: %d writes that were kept for later are lost", w.db.url, n))
	}
	w.disconnect()
}

// maxAttempts is how often a batch is tried that met a lock or a stale connection.
const maxAttempts = 4

// write commits the jobs together. Where a statement is wrong each job is tried alone, so
// that only its own caller gets the error.
func (w *writer) write(jobs []*job) {
	if w.db.down.Load() { // since the job before
		w.keep(jobs, ErrDown)
		return
	}
	err := w.commit(jobs)
	for attempt := 1; err != nil && attempt < maxAttempts && w.repeatable(err); attempt++ {
		err = w.commit(jobs)
	}
	switch {
	case err == nil:
		w.db.Stats.Writes.Add(uint64(len(jobs)))
		answer(jobs, nil)
	case judge(err) == connectionLost:
		w.keep(jobs, w.db.failed(err))
	case len(jobs) > 1:
		for _, j := range jobs {
			w.write([]*job{j})
		}
	default:
		w.refuse(jobs[0], err)
	}
}

func answer(jobs []*job, err error) {
	for _, j := range jobs {
		j.answer(err)
	}
}

// repeatable tells whether a batch that failed may be tried at once: it met a lock, or the
// connection had been closed before anything was sent.
func (w *writer) repeatable(err error) bool {
	switch judge(err) {
	case tryAgain:
		return true
	case connectionLost:
		w.disconnect()
		return errors.Is(err, driver.ErrBadConn) && !errors.Is(err, ErrUncertain)
	}
	return false
}

// keep answers those who wait; what may be late is kept for the connection's return.
func (w *writer) keep(jobs []*job, err error) {
	var late []*job
	for _, j := range jobs {
		if j.late && !w.db.stopping() {
			late = append(late, j)
		} else {
			j.answer(err)
		}
	}
	w.db.queue.giveBack(late)
	w.disconnect()
}

// refuse answers a job whose statement is wrong; where nobody waits the log tells of it, once for each kind.
func (w *writer) refuse(j *job, err error) {
	err = w.db.failed(err)
	j.answer(err)
	if j.done == nil {
		w.db.o.Log.Once("db "+j.writes[0].table, log.Err, "db", err.Error()+": the row is lost")
	}
}

// connect takes a connection from the pool for as long as it lives.
func (w *writer) connect(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.pool.Conn(ctx)
	if err != nil {
		return err
	}
	w.conn, w.texts = conn, new(statements)
	return nil
}

func (w *writer) disconnect() {
	if w.conn == nil {
		return
	}
	// The pool must not hand this connection out again, so it is declared broken.
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close() // it is broken already
	w.conn, w.texts = nil, nil
}

// context bounds the time of a batch.
func (w *writer) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), w.db.o.Timeout)
}

func (d *DB) stopping() bool {
	select {
	case <-d.stop:
		return true
	default:
		return false
	}
}

// pauseAfterLock lets the holder of a lock finish.
const pauseAfterLock = 5 * time.Millisecond
