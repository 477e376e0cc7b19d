package db

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Query is what to read from one table.
type Query struct {
	Table   string
	Columns []string // none: all
	Where   []Cond
	Order   string // a column, and DESC where it should fall
	Limit   int    // 0: all rows
}

func (q *Query) sql(d dialect) string {
	b := new(strings.Builder)
	b.WriteString("SELECT ")
	for i, c := range q.Columns {
		b.WriteString(comma(i) + d.quote(c))
	}
	if len(q.Columns) == 0 {
		b.WriteByte('*')
	}
	b.WriteString(" FROM " + d.quote(q.Table))
	writeWhere(b, d, q.Where)
	if q.Order != "" {
		column, falling := strings.CutSuffix(q.Order, " DESC")
		b.WriteString(" ORDER BY " + d.quote(column))
		if falling {
			b.WriteString(" DESC")
		}
	}
	if q.Limit > 0 {
		b.WriteString(" LIMIT " + strconv.Itoa(q.Limit))
	}
	return b.String()
}

// Result is an answer with the names of its columns.
type Result struct {
	Columns []string
	Rows    []Row
}

// Select reads the rows of a table. It blocks for at most Options.Timeout; ErrDown comes at once.
func (d *DB) Select(ctx context.Context, q Query) ([]Row, error) {
	var rows []Row
	err := d.Each(ctx, q, func(r Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// Each calls f for each row of a table as it comes, so that a large one need not fit into
// memory. An error of f ends it and is its error. Its time is the context's alone.
func (d *DB) Each(ctx context.Context, q Query, f func(Row) error) error {
	_, err := d.each(ctx, q.sql(d.dialect), appendConditions(nil, q.Where), f)
	return err
}

// Read asks a question in the database's own SQL, with ? for each argument.
func (d *DB) Read(ctx context.Context, text string, args ...any) (Result, error) {
	var rows []Row
	columns, err := d.each(ctx, text, args, func(r Row) error {
		rows = append(rows, r)
		return nil
	})
	return Result{columns, rows}, err
}

// each reads with a prepared statement; a read that failed is repeated once on another
// connection by database/sql itself where the first was stale.
func (d *DB) each(ctx context.Context, text string, args []any, f func(Row) error) ([]string, error) {
	if d.down.Load() {
		return nil, ErrDown
	}
	d.Stats.Reads.Add(1)
	rows, err := d.query(ctx, text, args)
	if err != nil {
		return nil, d.failed(err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return nil, d.failed(err)
	}
	if err := scan(rows, len(columns), f); err != nil {
		return nil, err
	}
	if err := rows.Err(); err != nil {
		return nil, d.failed(err)
	}
	return columns, nil
}

// query asks with a prepared statement, or directly where the text is one of too many.
func (d *DB) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
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
