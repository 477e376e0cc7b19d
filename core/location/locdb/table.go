package locdb

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/db"
)

// Table is one table of contacts in a database. It may be used from any goroutine.
type Table struct {
	Name string

	db      *db.DB
	s       *Settings
	columns []string // read, in the order of the field constants
}

// New makes the view of a table. Nothing is asked of the database yet.
func New(d *db.DB, name string, s *Settings) *Table {
	return &Table{Name: name, db: d, s: s, columns: s.Columns.list()}
}

// Check asks that the table, and the one of the attributes if they are in use, has the known form. It blocks.
func (t *Table) Check(ctx context.Context) error {
	if err := t.db.CheckVersion(ctx, t.Name, Version); err != nil {
		return err
	}
	if !t.s.Attrs {
		return nil
	}
	return t.db.CheckVersion(ctx, t.attrs(), AttrsVersion)
}

func (t *Table) attrs() string { return t.Name + AttrsSuffix }

// fail names the table in an error of the database.
func (t *Table) fail(what string, err error) error {
	return fmt.Errorf("locdb: %s table %s: %w", what, t.Name, err)
}
