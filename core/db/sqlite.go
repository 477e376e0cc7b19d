package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"

	"modernc.org/sqlite"
)

// sqliteConnector opens one file. The write-ahead log lets readers go on while a commit is
// written; with synchronous=FULL a commit is on the disk before it is acknowledged.
type sqliteConnector struct {
	path string
	o    *SQLiteOptions
}

// filePermissions keep others on the machine from passwords and messages. The files beside the
// database get the same.
const filePermissions = 0o640

// inMemory is SQLite's name of a database without a file, which ends with its connection.
const inMemory = ":memory:"

// newSQLiteConnector makes the file where there is none. It never opens one that is there: closing it would end the
// locks that the process has on it.
func newSQLiteConnector(u URL, o *Options) (driver.Connector, error) {
	c := sqliteConnector{u.Name, &o.SQLite}
	if o.SQLite.ReadOnly || u.Name == inMemory {
		return c, nil
	}
	f, err := os.OpenFile(path.Clean(u.Name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, filePermissions)
	switch {
	case errors.Is(err, fs.ErrExist):
		return c, nil
	case err != nil:
		return nil, err
	}
	return c, f.Close()
}

// Driver implements driver.Connector.
func (c sqliteConnector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect opens the file.
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
