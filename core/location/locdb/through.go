package locdb

import (
	"errors"
	"slices"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
)

// Save implements location.Backing: it returns when the changes are committed.
func (t *Table) Save(_ string, events []location.Event) error {
	writes, rows := t.writes(events)
	n, err := t.db.WriteCount(writes...)
	if err != nil {
		t.undo(events, err)
		return t.fail("writing", err)
	}
	if n >= rows || !t.s.CheckUpdate {
		return nil
	}
	if err := t.db.Write(t.replacing(events)...); err != nil {
		return t.fail("writing", err)
	}
	return nil
}

// writes are the statements for the changes; rows is how many rows they touch at least if
// the table has what it should have.
func (t *Table) writes(events []location.Event) (list []db.Write, rows int64) {
	for i := range events {
		e := &events[i]
		switch {
		case isNew(e):
			list = append(list, t.insert(e.Contact))
			list = t.appendAttrs(list, e.Contact)
			rows += 1 + int64(len(e.Contact.Attrs))
		case e.Kind == location.Updated:
			list = append(list, t.update(e.Contact, e.Old))
			list = t.replaceAttrs(list, e.Contact)
			rows += 1 + int64(len(e.Contact.Attrs))
		default:
			list = t.appendDelete(list, e.Contact)
		}
	}
	return list, rows
}

// isNew tells that a contact has no row yet: it was not there, or in memory only.
func isNew(e *location.Event) bool {
	return e.Kind == location.Inserted || e.Kind == location.Updated && e.Old != nil && e.Old.Flags&location.FlagMemory != 0
}

// replacing are the statements for a table that lacks a row which should be there: somebody
// has taken it away. The contacts are written whole, whatever stands in their place.
func (t *Table) replacing(events []location.Event) (list []db.Write) {
	for i := range events {
		e := &events[i]
		list = t.appendDelete(list, e.Contact)
		if e.Kind == location.Inserted || e.Kind == location.Updated {
			list = append(list, t.insert(e.Contact))
			list = t.appendAttrs(list, e.Contact)
		}
	}
	return list
}

// undo takes new rows away again that may have been committed although their writer was told
// otherwise: their ids are nobody's.
func (t *Table) undo(events []location.Event, err error) {
	if !errors.Is(err, db.ErrUncertain) {
		return
	}
	for i := range events {
		if e := &events[i]; e.Kind == location.Inserted {
			_ = t.db.Later(t.appendDelete(nil, e.Contact)...) // a row that stays expires
		}
	}
}

// insert leaves columns without a value to their defaults, unless the settings want them
// named. An insert that may become an update names them always, or old values would stay.
func (t *Table) insert(c *location.Contact) db.Write {
	if t.s.InsertUpdate {
		return db.Upsert(t.Name, []string{t.s.Columns.RUID}, t.s.all(c)...)
	}
	cols := t.s.all(c)
	if !t.s.InsertNull {
		cols = slices.DeleteFunc(cols, func(c db.Col) bool { return c.Value == nil })
	}
	return db.Insert(t.Name, cols...)
}

func (t *Table) update(c, old *location.Contact) db.Write {
	if t.s.UpdateAsInsert {
		return t.insert(c)
	}
	return db.Update(t.Name, t.s.changing(c), t.row(old)...)
}

func (t *Table) appendDelete(list []db.Write, c *location.Contact) []db.Write {
	list = append(list, db.Delete(t.Name, t.row(c)...))
	if t.s.Attrs {
		list = append(list, db.Delete(t.attrs(), db.Eq("ruid", c.RUID)))
	}
	return list
}

// row finds the row of a contact.
func (t *Table) row(c *location.Contact) []db.Cond {
	n := &t.s.Columns
	if !t.s.ByContact {
		return []db.Cond{db.Eq(n.RUID, c.RUID)}
	}
	return append(t.ofUser(c.AOR), db.Eq(n.Contact, c.URI), db.Eq(n.CallID, c.CallID))
}

// ofUser finds the rows of an address of record.
func (t *Table) ofUser(aor string) []db.Cond {
	user, domain := t.s.user(aor)
	where := []db.Cond{db.Eq(t.s.Columns.User, user)}
	if t.s.UseDomain {
		where = append(where, db.Eq(t.s.Columns.Domain, domain))
	}
	return where
}
