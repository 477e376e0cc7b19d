package db

import (
	"context"
	"errors"
	"fmt"
)

// VersionTable is where Kamailio's tables keep the number of their form.
const VersionTable = "version"

// CheckVersion asks that a table has the form that its users know; the error tells what
// would mend it. Zero asks for nothing. It blocks.
func (d *DB) CheckVersion(ctx context.Context, table string, want int) error {
	if want == 0 {
		return nil
	}
	rows, err := d.Select(ctx, Query{Table: VersionTable, Columns: []string{"table_version"}, Where: []Cond{Eq("table_name", table)}})
	switch {
	case errors.Is(err, ErrDown):
		return err
	case err != nil:
		return fmt.Errorf("db: no version of table %s: %w (moonroute db create makes the tables)", table, err)
	case len(rows) == 0:
		return fmt.Errorf("db: %s: table %s is not in the version table (moonroute db create makes the tables)", d.url, table)
	case rows[0].Int(0) != int64(want):
		return fmt.Errorf("db: %s: table %s has version %d, this server needs %d (moonroute db upgrade brings it there)", d.url, table, rows[0].Int(0), want)
	}
	return nil
}
