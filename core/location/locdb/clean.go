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
		rows, err := t.expiredRows(now)
		if err != nil {
			return t.fail("reading", err)
		}
		if err := t.expireRows(rows, now, f); err != nil || len(rows) < expireBatch {
			return err
		}
	}
}

func (t *Table) expiredRows(now int64) ([]db.Row, error) {
	return t.db.Select(context.Background(), db.Query{Table: t.Name, Columns: t.columns, Where: t.expired(now), Limit: expireBatch})
}

func (t *Table) expireRows(rows []db.Row, now int64, f func(location.Contact)) error {
	var gone []location.Contact
	var writes []db.Write
	for _, r := range rows {
		c, _ := t.s.contact(r)
		writes = t.appendExpired(writes, &c, now)
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

// appendExpired removes the row of a contact, unless it has been refreshed since it was read: that was acknowledged.
func (t *Table) appendExpired(list []db.Write, c *location.Contact, now int64) []db.Write {
	list = append(list, db.Delete(t.Name, append(t.row(c), t.expired(now)...)...))
	if t.s.Attrs {
		list = append(list, db.Exec("DELETE FROM "+t.attrs()+" WHERE ruid = ? AND NOT EXISTS (SELECT 1 FROM "+t.Name+
			" WHERE "+t.s.Columns.RUID+" = ?)", c.RUID, c.RUID))
	}
	return list
}
