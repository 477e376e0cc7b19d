package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
)

// dialect is what differs between the databases.
type dialect struct {
	quotes     string // around a name
	onConflict func(b *strings.Builder, keys []string, set []Col)
	ping       string // a statement that needs the server
	begin      string // of a transaction that writes
}

var dialects = map[string]dialect{
	"mysql":  {quotes: "`", onConflict: onDuplicateKey, ping: "SELECT 1", begin: "START TRANSACTION"},
	"sqlite": {quotes: `"`, onConflict: onConflictKeys, ping: "SELECT count(*) FROM sqlite_master", begin: "BEGIN IMMEDIATE"},
}

// quote makes a name safe: a quote inside is doubled.
func (d dialect) quote(name string) string {
	return d.quotes + strings.ReplaceAll(name, d.quotes, d.quotes+d.quotes) + d.quotes
}

func onDuplicateKey(b *strings.Builder, _ []string, set []Col) {
	b.WriteString(" ON DUPLICATE KEY UPDATE ")
	for i, c := range set {
		b.WriteString(comma(i) + "`" + c.Name + "`=VALUES(`" + c.Name + "`)")
	}
}

func onConflictKeys(b *strings.Builder, keys []string, set []Col) {
	b.WriteString(` ON CONFLICT ("` + strings.Join(keys, `","`) + `") DO UPDATE SET `)
	for i, c := range set {
		b.WriteString(comma(i) + `"` + c.Name + `"=excluded."` + c.Name + `"`)
	}
}

// connector makes connections of a database.
func connector(u URL, o *Options) (driver.Connector, error) {
	if u.Driver == "sqlite" {
		return sqliteConnector{u.Name, o}, nil
	}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = u.User, u.Password, u.Name
	c.Net, c.Addr = u.address()
	c.Timeout, c.ReadTimeout, c.WriteTimeout = o.Timeout, o.Timeout, o.Timeout
	c.ClientFoundRows = true
	c.Logger = &mysql.NopLogger{} // errors come back as values and are logged by their owner
	return mysql.NewConnector(c)
}

// sqliteConnector opens one file. The write-ahead log lets readers go on while a commit is
// written; with synchronous=FULL a commit is on the disk before it is acknowledged.
type sqliteConnector struct {
	path string
	o    *Options
}

func (c sqliteConnector) Driver() driver.Driver { return &sqlite.Driver{} }

func (c sqliteConnector) dsn() string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", c.o.SQLite.BusyTimeout.Milliseconds()))
	q.Add("_pragma", "journal_mode("+c.o.SQLite.Journal+")")
	q.Add("_pragma", "synchronous("+c.o.SQLite.Synchronous+")")
	if c.o.SQLite.ReadOnly {
		q.Add("mode", "ro")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: c.path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// open makes the pool of connections of a database.
func open(u URL, o *Options) (*sql.DB, error) {
	c, err := connector(u, o)
	if err != nil {
		return nil, fmt.Errorf("db: %s: %w", u, err)
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(o.Connections + 1) // one of them writes
	pool.SetMaxIdleConns(o.Connections + 1)
	return pool, nil
}

// Connect opens the file, and makes it where there is none.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open(c.dsn())
}
