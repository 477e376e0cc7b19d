package locdb

import (
	"context"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
)

// expired restricts a question to contacts that expired before a moment.
func (t *Table) expired(now int64) []db.Cond {
	column := t.s.Columns.Expires
	return append(t.own(), db.Cond{Column: column, Op: "<=", Value: t.s.when(now)}, db.Cond{Column: column, Op: "!=", Value: t.s.when(0)})
}

// Clean removes the rows of contacts that have expired. It blocks.
func (t *Table) Clean(now int64) error {
	if err := t.db.Write(db.Delete(t.Name, t.expired(now)...)); err != nil {
		return t.fail("cleaning", err)
	}
	return nil
}

// expireBatch is how many contacts expire in one transaction.
const expireBatch = 1000

// Expire removes expired contacts and gives each of them to f after it is gone, for tables
// that are not kept in memory. It blocks.
func (t *Table) Expire(now int64, f func(location.Contact)) error {
	for {
		rows, err := t.db.Select(context.Background(), db.Query{Table: t.Name, Columns: t.columns, Where: t.expired(now), Limit: expireBatch})
		if err != nil {
			return t.fail("reading", err)
		}
		if err := t.expireRows(rows, f); err != nil || len(rows) < expireBatch {
			return err
		}
	}
}

func (t *Table) expireRows(rows []db.Row, f func(location.Contact)) error {
	var gone []location.Contact
	var writes []db.Write
	for _, r := range rows {
		c, _ := t.s.contact(r)
		writes = t.appendDelete(writes, &c)
		gone = append(gone, c)
	}
	if len(writes) == 0 {
		return nil
	}
	if err := t.db.Write(writes...); err != nil {
		return t.fail("cleaning", err)
	}
	for _, c := range gone {
		f(c)
	}
	return nil
}
