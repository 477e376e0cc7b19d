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
func (d *DB) WriteCount(writes ...Write) (int64, error) { return d.WriteSoon(nil, writes...) }

// WriteSoon is WriteCount for a caller who holds others up: slow is called, at most once, before it waits for longer than a
// server on this machine takes for a small statement. With an embedded database that is at once.
func (d *DB) WriteSoon(slow func(), writes ...Write) (int64, error) {
	if err := d.pulse.enter(); err != nil {
		return 0, err
	}
	j := &job{writes: writes, size: size(writes), done: make(chan error, 1)}
	if err := d.queue.push(j); err != nil {
		d.pulse.leave(false)
		return 0, err
	}
	slow = once(slow)
	d.writer.help(slow)
	err := j.await(slow)
	d.pulse.leave(judge(err) != connectionLost)
	return j.affected, err
}

// once is f that does nothing from the second time on.
func once(f func()) func() {
	if f == nil {
		return nil
	}
	return func() {
		if g := f; g != nil {
			f = nil
			g()
		}
	}
}

// Later does the writes when it can, in the order of the calls among each other, and after
// those whose callers wait: a lost connection or a lock delays them, and a connection lost
// within a commit may do them twice. It never blocks. The error, ErrBusy (Options.Later calls or
// Options.Bytes are kept already) or ErrClosed, says that they are dropped.
func (d *DB) Later(writes ...Write) error {
	err := d.queue.push(&job{writes: writes, size: size(writes), late: true})
	if err != nil {
		d.Stats.Dropped.Add(1)
		return err
	}
	d.queue.rouse()
	return nil
}

// Kept is how many calls of Later are not yet written.
func (d *DB) Kept() int {
	n, _ := d.queue.kept()
	return n
}

// KeptBytes is how much memory they hold, about.
func (d *DB) KeptBytes() int {
	_, n := d.queue.kept()
	return n
}

// Flush returns when all that was left with Later before is written, or when the context ends.
func (d *DB) Flush(ctx context.Context) error {
	j := &job{late: true, done: make(chan error, 1)}
	if err := d.queue.push(j); err != nil {
		return err
	}
	d.queue.rouse()
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
