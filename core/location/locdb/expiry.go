package locdb

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
)

// Expiry removes the rows of contacts that expire in memory. It is an observer of the table's
// store, and never blocks.
type Expiry struct {
	table  *Table
	of     *location.Table
	missed atomic.Bool // a deletion found no place in the queue
}

// NewExpiry makes the observer of a table that is saved as it changes.
func NewExpiry(t *Table, of *location.Table) *Expiry { return &Expiry{table: t, of: of} }

// LocationChanged implements location.Observer. The row is found by the contact's id: by its
// URI it might be the row of the next registration already.
func (x *Expiry) LocationChanged(e location.Event) {
	if e.Kind != location.Expired || e.Table != x.of || e.Contact.Flags&location.FlagMemory != 0 {
		return
	}
	writes := []db.Write{db.Delete(x.table.Name, db.Eq(x.table.s.Columns.RUID, e.Contact.RUID))}
	if x.table.s.Attrs {
		writes = append(writes, db.Delete(x.table.attrs(), db.Eq("ruid", e.Contact.RUID)))
	}
	if err := x.table.db.Later(writes...); err != nil {
		x.missed.Store(true)
	}
}

// CatchUp sweeps the rows whose deletion found no place in the queue. It blocks.
func (x *Expiry) CatchUp(now int64) error {
	if !x.missed.CompareAndSwap(true, false) {
		return nil
	}
	err := x.table.Clean(now)
	if err != nil {
		x.missed.Store(true)
	}
	return err
}
