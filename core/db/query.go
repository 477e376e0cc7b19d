package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// Query is what to read from one table.
type Query struct {
	Table   string
	Columns []string // none: all
	Where   []Cond
	Order   string // columns with commas between, each with DESC behind it where it should fall
	Limit   int    // 0: all rows
}

func (q *Query) sql(d *dialect) string {
	b := append(make([]byte, 0, 256), "SELECT "...)
	for i, c := range q.Columns {
		b = d.name(comma(b, i), c)
	}
	if len(q.Columns) == 0 {
		b = append(b, '*')
	}
	b = d.name(append(b, " FROM "...), q.Table)
	b = appendWhere(b, d, q.Where)
	b = appendOrder(b, d, q.Order)
	if q.Limit > 0 {
		b = strconv.AppendInt(append(b, " LIMIT "...), int64(q.Limit), 10)
	}
	return string(b)
}

func appendOrder(b []byte, d *dialect, order string) []byte {
	if order == "" {
		return b
	}
	b = append(b, " ORDER BY "...)
	for i, column := range strings.Split(order, ",") {
		column, falling := strings.CutSuffix(strings.TrimSpace(column), " DESC")
		b = d.name(comma(b, i), strings.TrimSpace(column))
		if falling {
			b = append(b, " DESC"...)
		}
	}
	return b
}

// args are the values of the conditions.
func (q *Query) args(d *dialect) []any {
	var args []any
	for _, c := range q.Where {
		if c.Value != nil {
			args = append(args, d.value(c.Value))
		}
	}
	return args
}

// Result is an answer with the names of its columns and their types, as the database calls
// them: "INT", "VARCHAR(64)". In SQLite an expression has none.
type Result struct {
	Columns, Types []string
	Rows           []Row
}

// head is what an answer says of its columns.
type head struct {
	names, types []string
	raw          bool // of a question in the database's own SQL: the types are asked for
}

func (h *head) read(rows *sql.Rows) (err error) {
	if h.names, err = rows.Columns(); err != nil || !h.raw {
		return err
	}
	types, err := rows.ColumnTypes()
	for _, t := range types {
		h.types = append(h.types, t.DatabaseTypeName())
	}
	return err
}

// Select reads the rows of a table. It blocks for at most Options.Timeout; ErrDown comes at once.
func (d *DB) Select(ctx context.Context, q Query) ([]Row, error) {
	return d.all(ctx, q.sql(d.dialect), q.args(d.dialect), new(head))
}

// Read asks a question in the database's own SQL, with ? for each argument. It blocks as Select.
func (d *DB) Read(ctx context.Context, text string, args ...any) (Result, error) {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = d.dialect.value(a)
	}
	h := head{raw: true}
	rows, err := d.all(ctx, text, values, &h)
	return Result{h.names, h.types, rows}, err
}

func (d *DB) all(ctx context.Context, text string, args []any, h *head) (rows []Row, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d.o.Timeout, errSlow)
	defer cancel()
	err = d.each(ctx, text, args, h, func(row Row) error {
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// errSlow is why a read ends whose time is over.
var errSlow = errors.New("no answer within the time of a statement")

// Each calls f for each row of a table as it comes, so that a large one need not fit into
// memory. An error of f ends it and is its error. Its time is the context's alone.
func (d *DB) Each(ctx context.Context, q Query, f func(Row) error) error {
	return d.each(ctx, q.sql(d.dialect), q.args(d.dialect), new(head), f)
}

// each reads, twice where the connection turned out to be lost before a row came: it may be
// a single one that the server closed. A question in the database's own SQL may change something (CALL), so
// it is not asked twice.
func (d *DB) each(ctx context.Context, text string, args []any, h *head, f func(Row) error) error {
	if d.down.Load() {
		return ErrDown
	}
	if err := d.pulse.enter(); err != nil {
		return err
	}
	answered := false
	defer func() { d.pulse.leave(answered) }()
	d.Stats.Reads.Add(1)
	seen, err := d.once(ctx, text, args, h, f)
	if err != nil && !seen && ctx.Err() == nil && judge(err) == connectionLost {
		if h.raw {
			d.suspect(err)
			return d.failed(err)
		}
		_, err = d.once(ctx, text, args, h, f)
	}
	answered = err == nil || ctx.Err() == nil && judge(err) != connectionLost
	return d.readFailed(ctx, err)
}

// readFailed gives the error that a reader gets. A context that ended says nothing of the
// database, unless it was the time of a statement.
func (d *DB) readFailed(ctx context.Context, err error) error {
	var own callerError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own.error
	case ctx.Err() != nil && context.Cause(ctx) != errSlow:
		return ctx.Err()
	case ctx.Err() != nil: // a large question, or a server that hangs
		d.suspect(errSlow)
		return d.failed(errSlow)
	case judge(err) == connectionLost:
		d.lost(err)
	}
	return d.failed(err)
}

// callerError is an error of the function that takes the rows.
type callerError struct{ error }

// once reads, and tells whether a row was seen.
func (d *DB) once(ctx context.Context, text string, args []any, h *head, f func(Row) error) (seen bool, err error) {
	rows, err := d.query(ctx, text, args)
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	if err = h.read(rows); err != nil {
		return false, err
	}
	err = scan(rows, len(h.names), func(r Row) error {
		seen = true
		if err := f(r); err != nil {
			return callerError{err}
		}
		return nil
	})
	if err == nil {
		err = rows.Err()
	}
	return seen, err
}

// query asks with a prepared statement where there are arguments; other texts may differ each time.
func (d *DB) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if len(args) == 0 {
		return d.pool.QueryContext(ctx, text)
	}
	s, err := d.texts.prepare(ctx, d.pool, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return d.pool.QueryContext(ctx, text, args...)
	}
	return s.QueryContext(ctx, args...)
}

func scan(rows *sql.Rows, n int, f func(Row) error) error {
	into := make([]any, n)
	for rows.Next() {
		row := make(Row, n)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range row {
			row[i] = tidy(v)
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}
