package db

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// dialect is what differs between the databases.
type dialect struct {
	quote      byte   // around a name
	insertCut  string // how an insert begins that cuts values
	onConflict func(dst []byte, d *dialect, keys []string, set []Col) []byte
	ping       string              // a statement that needs the server
	begin      string              // of a transaction that writes
	time       func(time.Time) any // how a date and time stands in a table
	connector  func(URL, *Options) (driver.Connector, error)
}

var dialects = map[string]*dialect{
	"mysql": {
		quote: '`', insertCut: "INSERT IGNORE INTO ", onConflict: onDuplicateKey, ping: "SELECT 1", begin: "START TRANSACTION",
		time: localText, connector: mysqlConnector,
	},
	"sqlite": { // it takes an unknown column in double quotes for a text, but not one in MySQL's quotes
		quote: '`', insertCut: "INSERT INTO ", onConflict: onConflictKeys, ping: "SELECT count(*) FROM sqlite_master", begin: "BEGIN IMMEDIATE",
		time:      func(t time.Time) any { return julianDay(t) },
		connector: newSQLiteConnector,
	},
}

// name appends a name so that it is safe: a quote inside is doubled.
func (d *dialect) name(dst []byte, name string) []byte {
	dst = append(dst, d.quote)
	for i := range len(name) {
		if name[i] == d.quote {
			dst = append(dst, d.quote)
		}
		dst = append(dst, name[i])
	}
	return append(dst, d.quote)
}

func onDuplicateKey(dst []byte, d *dialect, _ []string, set []Col) []byte {
	dst = append(dst, " ON DUPLICATE KEY UPDATE "...)
	for i, c := range set {
		dst = append(d.name(comma(dst, i), c.Name), "=VALUES("...)
		dst = append(d.name(dst, c.Name), ')')
	}
	return dst
}

func onConflictKeys(dst []byte, d *dialect, keys []string, set []Col) []byte {
	dst = append(dst, " ON CONFLICT ("...)
	for i, k := range keys {
		dst = d.name(comma(dst, i), k)
	}
	dst = append(dst, ") DO UPDATE SET "...)
	for i, c := range set {
		dst = append(d.name(comma(dst, i), c.Name), "=excluded."...)
		dst = d.name(dst, c.Name)
	}
	return dst
}

// open makes the pool of connections that read.
func open(c driver.Connector, o *Options) *sql.DB {
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(o.Connections)
	pool.SetMaxIdleConns(o.Connections)
	return pool
}

// connector makes connections of a database.
func connector(u URL, o *Options) (driver.Connector, error) {
	c, err := dialects[u.Driver].connector(u, o)
	if err != nil {
		return nil, fmt.Errorf("db: %s: %w", u, err)
	}
	return c, nil
}
