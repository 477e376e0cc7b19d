package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// DB is one open database. It may be used from any goroutine.
type DB struct {
	Stats Stats

	url     URL
	o       Options
	dialect dialect
	pool    *sql.DB
	texts   statements // prepared reads
	queue   queue
	writer  writer

	down   atomic.Bool
	kick   chan struct{} // the writer is to look whether the database is back
	stop   chan struct{}
	once   sync.Once
	writes sync.WaitGroup
}

// Stats are the counters of a database.
type Stats struct {
	Reads, Writes, Commits, Failed, Lost, Back atomic.Uint64
}

// Open connects to a database; the error tells what is wrong with the URL or the server.
// It blocks for at most Options.Timeout.
func Open(text string, o Options) (*DB, error) {
	u, err := ParseURL(text)
	if err != nil {
		return nil, err
	}
	pool, err := open(u, &o)
	if err != nil {
		return nil, err
	}
	d := &DB{url: u, o: o, dialect: dialects[u.Driver], pool: pool, kick: make(chan struct{}, 1), stop: make(chan struct{})}
	d.queue.init(o.Waiting, o.Later)
	d.writer.db = d
	ctx, cancel := context.WithTimeout(context.Background(), o.Timeout)
	defer cancel()
	if err := d.ping(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("db: %s: %w", u, err)
	}
	d.writes.Go(d.writer.run)
	return d, nil
}

// URL is the database's address; its String may be shown.
func (d *DB) URL() URL { return d.url }

// Down tells whether the connection is lost.
func (d *DB) Down() bool { return d.down.Load() }

// Close writes what Later has left, for at most Options.Timeout, and closes the connections.
func (d *DB) Close() error {
	d.once.Do(func() { close(d.stop) })
	d.writes.Wait()
	if err := d.pool.Close(); err != nil {
		return fmt.Errorf("db: %s: %w", d.url, err)
	}
	return nil
}

// ping asks the server something that it can only answer with the database at hand.
func (d *DB) ping(ctx context.Context) error {
	var n int
	return d.pool.QueryRowContext(ctx, d.dialect.ping).Scan(&n)
}

// failed looks at an error of a statement and gives what its caller gets.
func (d *DB) failed(err error) error {
	d.Stats.Failed.Add(1)
	if judge(err) == connectionLost {
		d.lost(err)
		return fmt.Errorf("db: %s: %w (%w)", d.url, ErrDown, err)
	}
	return fmt.Errorf("db: %s: %w", d.url, err)
}

// lost notes that the connection is gone and has the writer try it again.
func (d *DB) lost(err error) {
	if !d.down.CompareAndSwap(false, true) {
		return
	}
	d.Stats.Lost.Add(1)
	d.o.Log.Error("db", d.url.String()+": the connection is lost: "+err.Error()+"; it is tried again")
	select {
	case d.kick <- struct{}{}:
	default:
	}
}

// back notes that the database answers again.
func (d *DB) back(since time.Time) {
	d.down.Store(false)
	d.Stats.Back.Add(1)
	d.o.Log.Notice("db", fmt.Sprintf("%s: the connection is back after %v", d.url, time.Since(since).Round(time.Millisecond)))
}

// reconnect tries a lost database again until it answers or the database is closed. The
// pauses grow from a twentieth of Options.Retry to the whole of it.
func (d *DB) reconnect() {
	since, pause := time.Now(), d.o.Retry/20
	for d.down.Load() {
		d.queue.refuse(ErrDown) // those who asked just before the loss was noted
		select {
		case <-d.stop:
			return
		case <-time.After(pause):
		}
		ctx, cancel := context.WithTimeout(context.Background(), d.o.Retry)
		err := d.ping(ctx)
		cancel()
		if err == nil {
			d.back(since)
		}
		pause = min(2*pause, d.o.Retry)
	}
}
