package db

import (
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/log"
)

// Options are the settings of a database; DefaultOptions fills them.
type Options struct {
	Log   *log.Logger
	Clock clock.Clock

	Timeout     time.Duration // how long a statement may take
	Retry       time.Duration // between two attempts to reach a lost database, at most
	Connections int           // that read at the same time
	Waiting     int           // writes whose callers wait, at most
	Later       int           // writes kept by Later, at most
	Batch       int           // writes in one commit, at most

	SQLite SQLiteOptions
}

// SQLiteOptions are the settings of the embedded database (its PRAGMA statements).
type SQLiteOptions struct {
	Journal     string        // journal_mode
	Synchronous string        // FULL: a commit survives a loss of power; NORMAL: the end of the process only
	BusyTimeout time.Duration // to wait for another process that holds the file
	ReadOnly    bool
}

// DefaultOptions are safe for what may not be lost.
func DefaultOptions() Options {
	return Options{
		Log: log.Discard(), Clock: clock.System{},
		Timeout: 5 * time.Second, Retry: 500 * time.Millisecond, Connections: 8,
		Waiting: 8192, Later: 65536, Batch: 512,
		SQLite: SQLiteOptions{Journal: "WAL", Synchronous: "FULL", BusyTimeout: 2 * time.Second},
	}
}
