package locdb

import (
	"context"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
)

// LoadAll gives the contacts of the table that have not expired at a moment, one after the
// other as they come. It blocks until the last one.
func (t *Table) LoadAll(ctx context.Context, now int64, f func(location.Contact)) error {
	attrs, err := t.readAttrs(ctx)
	if err != nil {
		return t.fail("reading the attributes of", err)
	}
	q := db.Query{Table: t.Name, Columns: t.columns, Where: t.own()}
	err = t.db.Each(ctx, q, func(r db.Row) error {
		c, ok := t.s.contact(r)
		if ok && c.Valid(now) && !t.lost(r) {
			c.Attrs, c.Conn = attrs[c.RUID], 0
			f(c)
		}
		return nil
	})
	if err != nil {
		return t.fail("loading", err)
	}
	return nil
}

// own restricts a question to the rows of this server, if others share the table.
func (t *Table) own() []db.Cond {
	if !t.s.OwnOnly {
		return nil
	}
	return []db.Cond{db.Eq(t.s.Columns.ServerID, int64(t.s.ServerID))}
}

// lost tells of a contact that came over a connection, which a restart has ended.
func (t *Table) lost(r db.Row) bool {
	return t.s.SkipStreams && r.Int(fieldConnectionID) >= 0
}

// CleanStreams removes the contacts that came over connections, which a restart has ended.
func (t *Table) CleanStreams() error {
	where := append(t.own(), db.Cond{Column: t.s.Columns.ConnectionID, Op: ">=", Value: 0})
	if err := t.db.Write(db.Delete(t.Name, where...)); err != nil {
		return t.fail("cleaning", err)
	}
	return nil
}

// Load implements location.Backing.
func (t *Table) Load(aor string) ([]location.Contact, error) {
	return t.read(t.ofUser(aor), t.ofUserAttrs(aor))
}

// LoadRUID implements location.Backing.
func (t *Table) LoadRUID(ruid string) (c location.Contact, found bool, err error) {
	list, err := t.read([]db.Cond{db.Eq(t.s.Columns.RUID, ruid)}, []db.Cond{db.Eq("ruid", ruid)})
	if err != nil || len(list) == 0 {
		return c, false, err
	}
	return list[0], true, nil
}

func (t *Table) ofUserAttrs(aor string) []db.Cond {
	user, domain := t.s.user(aor)
	where := []db.Cond{db.Eq("username", user)}
	if t.s.UseDomain {
		where = append(where, db.Eq("domain", domain))
	}
	return where
}

func (t *Table) read(where, ofAttrs []db.Cond) ([]location.Contact, error) {
	rows, err := t.db.Select(context.Background(), db.Query{Table: t.Name, Columns: t.columns, Where: where, Order: lastModified})
	if err != nil {
		return nil, t.fail("reading", err)
	}
	attrs, err := t.readAttrs(context.Background(), ofAttrs...)
	if err != nil {
		return nil, t.fail("reading the attributes of", err)
	}
	list := make([]location.Contact, 0, len(rows))
	for _, r := range rows {
		if c, ok := t.s.contact(r); ok {
			c.Attrs = attrs[c.RUID]
			list = append(list, c)
		}
	}
	return list, nil
}
