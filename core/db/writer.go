package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/log"
)

// writer writes to a database. Whoever has its seat does so, one at a time: a caller who finds it
// free commits his own write, as handing that to another goroutine and back costs more than the
// statement. What comes meanwhile is for the writer's own goroutine, which commits it together.
type writer struct {
	db   *DB
	seat sync.Mutex // guards all that follows

	session  *session
	slow     func() // what the caller who writes is asked to do before he has to wait; nil: nothing
	patience patience
	blocked  time.Time // no write could be done: those that may be late wait until then
	batch    []*job
	steps    []step
	args     []driver.NamedValue
	text     []byte
	stuck    bool // the log has been told that no writes are taken
}

// run writes what comes until the database is closed.
func (w *writer) run() {
	d := w.db
	look := time.NewTicker(orElse(d.o.Ping, time.Hour))
	defer look.Stop()
	for {
		select {
		case <-d.queue.wake:
			w.serve()
		case <-look.C:
			w.look()
			w.serve()
		case <-d.life.Done():
			w.finish()
			return
		}
	}
}

// serve writes all that is there, after a lost database has come back.
func (w *writer) serve() {
	w.seat.Lock()
	defer w.seat.Unlock()
	if w.db.down.Load() {
		w.disconnect()
		w.db.reconnect()
	}
	w.work()
}

// help has the caller commit what waits, if nobody else is at it; else that is left to the writer's goroutine. Slow, unless
// it is nil, is called before it takes longer.
func (w *writer) help(slow func()) {
	if w.seat.TryLock() {
		w.hurry(slow)
		w.once()
		w.relax()
		w.seat.Unlock()
		if w.db.queue.idle() {
			return
		}
	}
	w.db.queue.rouse()
}

// hurry says what the caller does before he has to wait. Where the connection cannot tell in time he does it at once.
func (w *writer) hurry(slow func()) {
	w.slow = slow
	if w.session == nil || w.session.dialed == nil || !w.patience.left() {
		w.wait()
		return
	}
	w.session.dialed.onSlow(slow)
}

// relax forgets the caller, who has his answer.
func (w *writer) relax() {
	w.slow = nil
	if w.session != nil && w.session.dialed != nil {
		w.session.dialed.onSlow(nil)
	}
}

// wait is called before something that may take long.
func (w *writer) wait() {
	if w.slow != nil {
		w.slow()
		w.slow = nil
	}
}

// look asks an idle server whether it is still there, so that its loss is known before it is needed.
func (w *writer) look() {
	w.seat.Lock()
	defer w.seat.Unlock()
	if w.session == nil || w.session.check() == nil && w.session.ping() == nil {
		return
	}
	w.disconnect()
	if err := w.connect(w.db.o.Timeout); err != nil {
		w.db.lost(err)
	}
}

// work writes until nothing is left or the connection is lost.
func (w *writer) work() {
	for !w.db.down.Load() && w.once() {
	}
}

// once writes what is to be committed next; it tells whether there was anything.
func (w *writer) once() bool {
	w.batch = w.db.queue.take(w.batch[:0], w.db.o.Batch, !w.isBlocked())
	if len(w.batch) == 0 {
		return false
	}
	begun := time.Now()
	w.write(w.batch)
	w.patience.note(len(w.batch), begun, time.Now())
	w.forget()
	return true
}

func (w *writer) isBlocked() bool { return !w.blocked.IsZero() && time.Now().Before(w.blocked) }

// forget lets go of what was written.
func (w *writer) forget() {
	clear(w.batch)
	for i := range w.steps {
		clear(w.steps[i].jobs)
		clear(w.steps[i].rows)
	}
}

// finish writes what is left, as long as Options.Timeout is not over.
func (w *writer) finish() {
	d := w.db
	d.queue.close()
	w.seat.Lock()
	defer w.seat.Unlock()
	w.blocked = time.Time{}
	for end := time.Now().Add(d.o.Timeout); time.Now().Before(end) && w.blocked.IsZero() && w.reach(end); {
		w.batch = d.queue.take(w.batch[:0], d.o.Batch, true)
		if len(w.batch) == 0 {
			break
		}
		w.write(w.batch)
	}
	if n := d.queue.drop(); n > 0 {
		d.Stats.Dropped.Add(uint64(n))
		d.o.Log.Error("db", fmt.Sprintf("%s: %d writes that were kept for later are lost", d.url, n))
	}
	w.disconnect()
}

// reach tries a last time to get at a lost database, if that is worth it.
func (w *writer) reach(end time.Time) bool {
	for w.db.down.Load() {
		if w.db.Kept() == 0 || time.Now().After(end) {
			return false
		}
		if w.connect(time.Until(end)) == nil {
			w.db.down.Store(false)
			return true
		}
		time.Sleep(w.db.o.Retry / 20)
	}
	return true
}

// write commits the jobs together. Where a statement is wrong each half is tried alone, so
// that only its own caller gets the error.
func (w *writer) write(jobs []*job) {
	if w.db.down.Load() { // since the half before
		w.keep(jobs, ErrDown)
		return
	}
	err := w.try(jobs, time.Now().Add(w.db.o.Timeout))
	if err == nil {
		w.written(jobs)
		return
	}
	switch t := judge(err); {
	case t == connectionLost:
		w.cutOff(jobs, err)
	case t == locked || t == noWrites:
		w.postpone(jobs, err)
	case len(jobs) > 1:
		w.write(jobs[:len(jobs)/2])
		w.write(jobs[len(jobs)/2:])
	default:
		w.refuse(jobs[0], err)
	}
}

func (w *writer) written(jobs []*job) {
	if w.stuck {
		w.stuck = false
		w.db.o.Log.Notice("db", w.db.url.String()+": writes are taken again")
	}
	w.db.Stats.Writes.Add(uint64(len(jobs)))
	for _, j := range jobs {
		j.answer(nil)
	}
}

// maxAttempts is how often a batch is tried that met a lock or a stale connection.
const maxAttempts = 4

// try commits the jobs, again where that may help.
func (w *writer) try(jobs []*job, end time.Time) error {
	err := w.commit(jobs)
	for attempt := 1; err != nil && attempt < maxAttempts && w.repeatable(err) && time.Now().Before(end); attempt++ {
		err = w.commit(jobs)
	}
	return err
}

// repeatable tells whether a batch that failed may be tried at once: it met a lock, or the
// connection was lost when nothing could be committed yet.
func (w *writer) repeatable(err error) bool {
	switch judge(err) {
	case locked:
		w.wait()
		time.Sleep(pauseAfterLock)
		return true
	case connectionLost:
		w.disconnect()
		return !errors.Is(err, ErrUncertain) && !errors.Is(err, ErrDown)
	}
	return false
}

// pauseAfterLock lets the holder of a lock finish.
const pauseAfterLock = 5 * time.Millisecond

// cutOff answers the jobs of a lost connection. One that was merely closed is made again at once.
func (w *writer) cutOff(jobs []*job, err error) {
	w.disconnect()
	if errors.Is(err, ErrDown) {
		w.db.lost(err)
	} else if again := w.connect(w.db.o.Retry); again != nil {
		w.db.lost(err)
	}
	w.keep(jobs, w.db.failed(err))
}

// keep answers those who wait; what may be late goes back into the queue.
func (w *writer) keep(jobs []*job, err error) {
	var late []*job
	for _, j := range jobs {
		if j.late {
			late = append(late, j)
		} else {
			j.answer(err)
		}
	}
	w.db.queue.giveBack(late)
}

// postpone answers the jobs of a database that takes no writes; what may be late is tried
// again after a while. Others who wait would wait as long in vain.
func (w *writer) postpone(jobs []*job, err error) {
	err = w.db.failed(err)
	if !w.stuck {
		w.stuck = true
		w.db.o.Log.Error("db", err.Error()+"; what may be late is tried again")
	}
	w.keep(jobs, err)
	w.db.queue.refuse(err)
	w.blocked = time.Now().Add(w.db.o.Retry)
	time.AfterFunc(w.db.o.Retry, w.db.queue.rouse)
}

// refuse answers a job whose statement is wrong; where nobody waits the log tells of it, once for each table.
func (w *writer) refuse(j *job, err error) {
	err = w.db.failed(err)
	j.answer(err)
	if j.done == nil {
		w.db.Stats.Dropped.Add(1)
		w.db.o.Log.Once("db "+j.writes[0].table, log.Err, "db", err.Error()+": the row is lost")
	}
}

// connect makes the writer's own connection, unless there is one.
func (w *writer) connect(limit time.Duration) error {
	if w.session != nil {
		if err := w.session.check(); err == nil {
			return nil
		}
		w.disconnect()
	}
	w.wait()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s, err := newSession(ctx, w.db.connector)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	w.session = s
	return nil
}

func (w *writer) disconnect() {
	if w.session != nil {
		w.session.close()
		w.session = nil
	}
}
