package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// DB is one open database. It may be used from any goroutine.
type DB struct {
	Stats Stats

	url       URL
	o         Options
	dialect   *dialect
	connector driver.Connector
	pool      *sql.DB    // of the connections that read
	texts     statements // prepared reads
	queue     queue
	writer    writer
	pulse     pulse

	turning sync.Mutex // orders changes of down
	down    atomic.Bool
	probing atomic.Bool
	life    context.Context
	end     context.CancelFunc
	writes  sync.WaitGroup
}

// Stats are the counters of a database.
type Stats struct {
	Reads   atomic.Uint64 // questions asked
	Writes  atomic.Uint64 // calls of Write and Later that are committed
	Commits atomic.Uint64 // tried
	Failed  atomic.Uint64 // questions and batches that failed
	Dropped atomic.Uint64 // calls of Later that were never written
	Lost    atomic.Uint64 // losses of the database
	Back    atomic.Uint64 // its returns
}

// Open connects to a database; the error tells what is wrong with the URL or the server.
// It blocks for at most Options.Timeout.
func Open(text string, o Options) (*DB, error) {
	u, err := ParseURL(text)
	if err != nil {
		return nil, err
	}
	c, err := connector(u, &o)
	if err != nil {
		return nil, err
	}
	d := &DB{url: u, o: o, dialect: dialects[u.Driver], connector: c, pool: open(c, &o)}
	d.life, d.end = context.WithCancel(context.Background())
	d.queue.init(o.Waiting, o.Later, o.Bytes)
	d.writer.db = d
	d.pulse.clock, d.pulse.silence = o.Clock, o.Silence
	if err := d.ping(o.Timeout); err != nil {
		_ = d.pool.Close()
		return nil, fmt.Errorf("db: %s: %w", u, err)
	}
	d.writes.Go(d.writer.run)
	return d, nil
}

// URL is the database's address; its String may be shown.
func (d *DB) URL() URL { return d.url }

// Quote makes a name of a table or column safe in the database's own SQL.
func (d *DB) Quote(name string) string { return string(d.dialect.name(nil, name)) }

// Down tells whether the connection is lost.
func (d *DB) Down() bool { return d.down.Load() }

// Close writes what is left to be written, which takes about Options.Timeout at most, and
// closes the connections. What comes then fails with ErrClosed.
func (d *DB) Close() error {
	d.end()
	d.writes.Wait()
	if err := d.pool.Close(); err != nil {
		return fmt.Errorf("db: %s: %w", d.url, err)
	}
	return nil
}

// ping asks the server something that it can only answer with the database at hand.
func (d *DB) ping(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(d.life, limit)
	defer cancel()
	var n int
	return d.pool.QueryRowContext(ctx, d.dialect.ping).Scan(&n)
}

// failed counts an error of a statement and gives what its caller gets.
func (d *DB) failed(err error) error {
	d.Stats.Failed.Add(1)
	t := judge(err)
	switch {
	case errors.Is(err, ErrUncertain), errors.Is(err, ErrDown):
	case t == connectionLost:
		err = fmt.Errorf("%w: %w", ErrDown, err)
	case t == locked || t == noWrites:
		err = fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	return fmt.Errorf("db: %s: %w", d.url, err)
}

// suspect looks whether a server that did not answer in time is still there.
func (d *DB) suspect(err error) {
	if !d.probing.CompareAndSwap(false, true) {
		return
	}
	defer d.probing.Store(false)
	ctx, cancel := context.WithTimeout(d.life, d.o.Retry)
	defer cancel()
	s, again := newSession(ctx, d.connector)
	if again != nil {
		d.lost(err)
		return
	}
	s.close()
}

// lost notes that the connection is gone, refuses all who wait and has the writer try it again.
func (d *DB) lost(err error) {
	if !d.turn(true) {
		return
	}
	d.Stats.Lost.Add(1)
	d.o.Log.Error("db", d.url.String()+": the connection is lost: "+err.Error()+"; it is tried again")
	d.queue.rouse()
}

// back notes that the database answers again.
func (d *DB) back(since time.Time) {
	d.turn(false)
	d.Stats.Back.Add(1)
	d.o.Log.Notice("db", fmt.Sprintf("%s: the connection is back after %v", d.url, time.Since(since).Round(time.Millisecond)))
}

// turn notes whether the connection is lost, and has the queue refuse or take writes, in one step: a return must not come in
// between. It tells whether that is new.
func (d *DB) turn(down bool) bool {
	d.turning.Lock()
	defer d.turning.Unlock()
	if d.down.Swap(down) == down {
		return false
	}
	if down {
		d.queue.shut(ErrDown)
	} else {
		d.queue.open()
	}
	return true
}

// reconnect tries a lost database again until it answers or the database is closed. The
// pauses grow from a twentieth of Options.Retry to the whole of it.
func (d *DB) reconnect() {
	since, pause := time.Now(), d.o.Retry/20
	for d.down.Load() {
		select {
		case <-d.life.Done():
			return
		case <-time.After(pause):
		}
		if d.ping(d.o.Timeout) == nil {
			d.back(since)
		}
		pause = min(2*pause, d.o.Retry)
	}
}
