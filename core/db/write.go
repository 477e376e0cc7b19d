package db

import "context"

// Write does all the writes or none, and returns when they are committed. It fails at once
// with ErrDown where the connection is lost and with ErrBusy where too many wait. An error
// that wraps ErrUncertain is the only one after which the writes may be there nevertheless.
func (d *DB) Write(writes ...Write) error {
	_, err := d.WriteCount(writes...)
	return err
}

// WriteCount is Write that tells how many rows were touched: for an update those that met
// its conditions, whether their values changed or not.
func (d *DB) WriteCount(writes ...Write) (int64, error) {
	if d.down.Load() {
		return 0, ErrDown
	}
	j := &job{writes: writes, done: make(chan error, 1)}
	if err := d.queue.push(j); err != nil {
		return 0, err
	}
	err := <-j.done
	return j.affected, err
}

// Later does the writes when it can, in the order of the calls: a lost connection delays
// them, and a connection lost within a commit may do them twice. It never blocks. The error,
// ErrBusy or ErrClosed, says that they are dropped.
func (d *DB) Later(writes ...Write) error {
	return d.queue.push(&job{writes: writes, late: true})
}

// Kept is how many calls of Later are not yet written.
func (d *DB) Kept() int {
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	return len(d.queue.later)
}

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
