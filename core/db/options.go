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
	Silence     time.Duration // without any answer, after which callers are refused with ErrStuck if many wait
	Retry       time.Duration // between two attempts to reach a lost database, at most
	Ping        time.Duration // between two looks whether an idle server is still there; 0: none
	Connections int           // that read at the same time
	Waiting     int           // writes whose callers wait, at most
	Later       int           // writes kept by Later, at most
	Bytes       int           // that the writes of Later hold, at most, and as much those whose callers wait
	Batch       int           // writes in one commit, at most

	SQLite SQLiteOptions
	MySQL  MySQLOptions
}

// SQLiteOptions are the settings of the embedded database (its PRAGMA statements).
type SQLiteOptions struct {
	Journal     string        // journal_mode
	Synchronous string        // FULL: a commit survives a loss of power; NORMAL: the end of the process only
	BusyTimeout time.Duration // to wait for another process that holds the file
	ReadOnly    bool
}

// MySQLOptions are the settings of connections to a server. Times of zero follow Options.Timeout.
type MySQLOptions struct {
	Connect     time.Duration // to make a connection
	Send        time.Duration // until the server takes what is sent
	Receive     time.Duration // until the server begins to answer
	TLS         TLSMode
	Changed     bool   // count the rows that a statement changed, not those that it found
	Authorities string // file with the certificates that TLSVerifyCA and TLSVerifyIdentity trust; empty: the system's
}

// TLSMode says whether a connection is encrypted; the numbers are those of MySQL's own clients.
type TLSMode int

// The modes.
const (
	TLSUnset TLSMode = iota // as TLSDisabled
	TLSDisabled
	TLSPreferred      // where the server offers it; its certificate is not looked at
	TLSRequired       // always; its certificate is not looked at
	TLSVerifyCA       // the certificate must come from a known authority
	TLSVerifyIdentity // and must be that of the host
)

// DefaultOptions are safe for what may not be lost.
func DefaultOptions() Options {
	return Options{
		Log: log.Discard(), Clock: clock.System{},
		Timeout: 5 * time.Second, Silence: 500 * time.Millisecond, Retry: 500 * time.Millisecond, Ping: 5 * time.Minute, Connections: 8,
		Waiting: 8192, Later: 65536, Bytes: 64 << 20, Batch: 512,
		SQLite: SQLiteOptions{Journal: "WAL", Synchronous: "FULL", BusyTimeout: 2 * time.Second},
	}
}
