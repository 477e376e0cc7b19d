package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path"

	"modernc.org/sqlite"
)

// sqliteConnector opens one file. The write-ahead log lets readers go on while a commit is
// written; with synchronous=FULL a commit is on the disk before it is acknowledged.
type sqliteConnector struct {
	path string
	o    *SQLiteOptions
}

// Driver implements driver.Connector.
func (c sqliteConnector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect opens the file, and makes it where there is none.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open(c.dsn())
}

func (c sqliteConnector) dsn() string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", c.o.BusyTimeout.Milliseconds()))
	if c.o.ReadOnly {
		q.Add("mode", "ro")
	} else {
		q.Add("_pragma", "journal_mode("+c.o.Journal+")")
		q.Add("_pragma", "synchronous("+c.o.Synchronous+")")
	}
	// Kamailio's own examples write sqlite:////path; two slashes at the front would begin a host's name here.
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path.Clean(c.path)}).EscapedPath(), RawQuery: q.Encode()}).String()
}
