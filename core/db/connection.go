package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// Connection is one connection of its own, with the state that a session has: transactions, variables, temporary tables.
// It is for callers that write their own SQL and decide when it is committed; one goroutine at a time may use it. It is not
// made anew when it is lost.
type Connection struct {
	pool *sql.DB
	conn *sql.Conn
	o    Options
}

// Connect opens a connection. It blocks for at most Options.Timeout.
func Connect(u URL, o Options) (*Connection, error) {
	c, err := connector(u, &o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.Timeout)
	defer cancel()
	pool := open(c, &o)
	conn, err := pool.Conn(ctx)
	if err == nil {
		err = conn.PingContext(ctx)
	}
	if err != nil {
		_ = pool.Close() // the error of the attempt tells more
		return nil, fmt.Errorf("db: %s: %w", u, err)
	}
	return &Connection{pool, conn, o}, nil
}

// Close ends the connection, and with it a transaction that is not committed.
func (c *Connection) Close() error {
	_ = c.conn.Close() // it goes back to the pool, which closes it
	return c.pool.Close()
}

// asking are the words that statements with an answer begin with.
var asking = map[string]bool{
	"SELECT": true, "SHOW": true, "DESCRIBE": true, "DESC": true, "EXPLAIN": true, "CALL": true, "WITH": true, "VALUES": true,
	"PRAGMA": true, "TABLE": true, "CHECK": true, "ANALYZE": true,
}

// Asks tells whether a statement gives rows.
func Asks(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n(")
	end := strings.IndexFunc(text, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' })
	if end < 0 {
		end = len(text)
	}
	return asking[strings.ToUpper(text[:end])]
}

// Exec does a statement and tells how many rows it touched, and the last number that the database gave to a row. It blocks
// for at most Options.Timeout.
func (c *Connection) Exec(text string) (touched, last int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.o.Timeout)
	defer cancel()
	r, err := c.conn.ExecContext(ctx, text)
	if err != nil {
		return 0, 0, err
	}
	if touched, err = r.RowsAffected(); err != nil {
		return 0, 0, err
	}
	last, err = r.LastInsertId()
	return touched, last, err
}

// Query asks for rows and hands each to f, whose error ends it. It blocks for at most Options.Timeout.
func (c *Connection) Query(text string, f func(Row) error) (columns, types []string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.o.Timeout)
	defer cancel()
	rows, err := c.conn.QueryContext(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	h := head{raw: true}
	if err := h.read(rows); err != nil {
		return nil, nil, err
	}
	if err := scan(rows, len(h.names), f); err != nil {
		return nil, nil, err
	}
	return h.names, h.types, rows.Err()
}

// Reason is the text of a database's own error, without its number.
func Reason(err error) string {
	if wrong, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return wrong.Message
	}
	return err.Error()
}
