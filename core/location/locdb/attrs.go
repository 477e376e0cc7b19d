package locdb

import (
	"context"
	"strconv"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
)

// The kinds of an attribute in its atype column.
const (
	attrText   = 0
	attrNumber = 1
)

func (t *Table) appendAttrs(list []db.Write, c *location.Contact) []db.Write {
	if !t.s.Attrs {
		return list
	}
	user, domain := t.s.user(c.AOR)
	for i := range c.Attrs {
		kind, value := attrText, c.Attrs[i].Text
		if c.Attrs[i].IsNum {
			kind, value = attrNumber, strconv.FormatInt(c.Attrs[i].Num, 10)
		}
		list = append(list, db.Insert(t.attrs(),
			db.Col{Name: "ruid", Value: c.RUID}, db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: domain},
			db.Col{Name: "aname", Value: c.Attrs[i].Name}, db.Col{Name: "atype", Value: kind}, db.Col{Name: "avalue", Value: value},
			db.Col{Name: "last_modified", Value: t.s.when(c.LastModified)}))
	}
	return list
}

func (t *Table) replaceAttrs(list []db.Write, c *location.Contact) []db.Write {
	if !t.s.Attrs {
		return list
	}
	return t.appendAttrs(append(list, db.Delete(t.attrs(), db.Eq("ruid", c.RUID))), c)
}

// readAttrs reads the attributes of the contacts that meet a condition, by the contacts' ids.
func (t *Table) readAttrs(ctx context.Context, where ...db.Cond) (map[string][]location.Attr, error) {
	if !t.s.Attrs {
		return nil, nil
	}
	found := map[string][]location.Attr{}
	q := db.Query{Table: t.attrs(), Columns: []string{"ruid", "aname", "atype", "avalue"}, Where: where, Order: "id"}
	err := t.db.Each(ctx, q, func(r db.Row) error {
		a := location.Attr{Name: r.Str(1), IsNum: r.Int(2) == attrNumber}
		if a.IsNum {
			a.Num = r.Int(3)
		} else {
			a.Text = r.Str(3)
		}
		found[r.Str(0)] = append(found[r.Str(0)], a)
		return nil
	})
	return found, err
}
