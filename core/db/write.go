package db

import "context"

// Write does all the writes or none, and returns when they are committed. It fails at once
// with ErrDown where the connection is lost, with ErrStuck where others have waited in vain
// for a while, with ErrBusy where too many wait, and with ErrBlocked where the database takes no writes. An error that wraps ErrUncertain is the
// only one after which the writes may be there nevertheless.
func (d *DB) Write(writes ...Write) error {
	_, err := d.WriteCount(writes...)
	return err
}

// WriteCount is Write that tells how many rows were touched: for an update those that met
// its conditions, whether their values changed or not. An Upsert counts as the database does.
func (d *DB) WriteCount(writes ...Write) (int64, error) {
	if err := d.pulse.enter(); err != nil {
		return 0, err
	}
	j := &job{writes: writes, done: make(chan error, 1)}
	if err := d.queue.push(j); err != nil {
		d.pulse.leave(false)
		return 0, err
	}
	err := <-j.done
	d.pulse.leave(judge(err) != connectionLost)
	return j.affected, err
}

// Later does the writes when it can, in the order of the calls among each other, and after
// those whose callers wait: a lost connection or a lock delays them, and a connection lost
// within a commit may do them twice. It never blocks. The error, ErrBusy or ErrClosed, says
// that they are dropped.
func (d *DB) Later(writes ...Write) error {
	err := d.queue.push(&job{writes: writes, late: true})
	if err != nil {
		d.Stats.Dropped.Add(1)
	}
	return err
}

// Kept is how many calls of Later are not yet written.
func (d *DB) Kept() int { return d.queue.kept() }

// Flush returns when all that was left with Later before is written, or when the context ends.
func (d *DB) Flush(ctx context.Context) error {
	j := &job{late: true, done: make(chan error, 1)}
	if err := d.queue.push(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
