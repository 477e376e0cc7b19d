package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// Change is one way in which a database differs from the tables of this server.
type Change struct {
	Table   string
	Text    string // what is not as it should be, to be read after the table's name
	Missing bool   // the whole table is missing

	harmless bool       // for those who do not use the table
	writes   []db.Write // what mends it without touching what is there; none: nothing does
}

// Additive tells whether Upgrade can mend it: nothing that is there is changed or lost.
func (c Change) Additive() bool { return len(c.writes) > 0 }

// Do makes an additive change. It blocks; MySQL commits each of its statements by itself, so
// after an error a part of it may be done, and Check tells what is left.
func (c Change) Do(d *db.DB) error {
	if err := d.Write(c.writes...); err != nil {
		return fmt.Errorf("schema: table %s: %w", c.Table, err)
	}
	return nil
}

// String is the change as operators read it.
func (c Change) String() string { return "table " + c.Table + " " + c.Text }

// changes are what a table lacks. What it has beyond the columns known here stays: an
// operator may have added it.
func changes(l language, t Table, f *found) []Change {
	if f == nil {
		return []Change{{Table: t.Name, Text: "is missing", Missing: true, writes: l.create(t)}}
	}
	list := slices.Concat(columnChanges(l, t, f), strangers(t, f), indexChanges(l, t, f))
	if c, wrong := versionChange(t, f); wrong {
		list = append(list, c)
	}
	return list
}

func columnChanges(l language, t Table, f *found) []Change {
	var list []Change
	if _, ok := f.columns["id"]; !ok {
		list = append(list, Change{Table: t.Name, Text: "has no column id, which is its primary key"})
	}
	for _, c := range t.Columns {
		has, ok := f.columns[strings.ToLower(c.Name)]
		switch {
		case !ok:
			list = append(list, Change{Table: t.Name, Text: "has no column " + c.Name, writes: []db.Write{l.addColumn(t, c)}})
		case has.family != c.Type.family():
			list = append(list, Change{Table: t.Name, Text: fmt.Sprintf("has a column %s for %s, where %s belong", c.Name, has.family, c.Type.family())})
		case l.resize && c.Type == variable && has.size > 0 && has.size < int64(c.Size):
			list = append(list, Change{Table: t.Name, Text: fmt.Sprintf("has a column %s for %d characters, where %d belong", c.Name, has.size, c.Size),
				writes: []db.Write{l.widen(t, c)}})
		}
	}
	return list
}

// strangers are columns that would make the database refuse the rows that modules write.
func strangers(t Table, f *found) []Change {
	var list []Change
	for key, has := range f.columns {
		known := key == "id" || slices.ContainsFunc(t.Columns, func(c Column) bool { return strings.ToLower(c.Name) == key })
		if has.required && !known {
			list = append(list, Change{Table: t.Name, Text: "has a column " + has.name + " that needs a value, which no module writes: give it a default"})
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return strings.Compare(a.Text, b.Text) })
	return list
}

// indexChanges compares indexes by what they do, since their names are nobody's business.
func indexChanges(l language, t Table, f *found) []Change {
	var list []Change
	for _, i := range t.Indexes {
		there := false
		for _, has := range f.indexes {
			there = there || slices.Equal(has.Columns, i.Columns) && (has.Unique || !i.Unique)
		}
		if there {
			continue
		}
		kind := "index"
		if i.Unique {
			kind = "unique index"
		}
		list = append(list, Change{Table: t.Name, Text: "has no " + kind + " on " + strings.Join(i.Columns, ", "), writes: []db.Write{l.index(t, i)}})
	}
	return list
}

func versionChange(t Table, f *found) (Change, bool) {
	c := Change{Table: t.Name, writes: []db.Write{setVersion(t)}}
	switch {
	case f.version == int64(t.Version):
		return c, false
	case f.version == 0:
		c.Text = "is not in the version table"
	case f.version > int64(t.Version):
		c.Text, c.writes = fmt.Sprintf("has version %d, and this server knows no later one than %d", f.version, t.Version), nil
	default:
		c.Text = fmt.Sprintf("has version %d, this server needs %d", f.version, t.Version)
		c.harmless = f.version == int64(t.Tolerated)
	}
	return c, true
}
