package db

import "strings"

// Col is a column with its value: nil, string, []byte, int, int64, float64, bool or time.Time.
type Col struct {
	Name  string
	Value any
}

// Cond is a condition of a statement; several are joined by AND.
type Cond struct {
	Column string
	Op     string // = < > <= >= != LIKE
	Value  any
}

// Eq asks that a column equals the value; nil asks for NULL.
func Eq(column string, value any) Cond { return Cond{column, "=", value} }

type writeKind uint8

const (
	insert writeKind = iota
	update
	remove
	upsert
	raw
)

// Write is one statement that changes something.
type Write struct {
	kind  writeKind
	table string
	keys  []string
	set   []Col
	where []Cond
	text  string
	args  []any
}

// Insert adds a row.
func Insert(table string, cols ...Col) Write {
	return Write{kind: insert, table: table, set: cols}
}

// Update sets columns of the rows that meet the conditions.
func Update(table string, set []Col, where ...Cond) Write {
	return Write{kind: update, table: table, set: set, where: where}
}

// Delete removes the rows that meet the conditions; without one it removes all.
func Delete(table string, where ...Cond) Write {
	return Write{kind: remove, table: table, where: where}
}

// Upsert adds a row, or updates the one with the same keys, which need a unique index.
func Upsert(table string, keys []string, cols ...Col) Write {
	return Write{kind: upsert, table: table, keys: keys, set: cols}
}

// Exec is a statement in the database's own SQL, with ? for each argument.
func Exec(text string, args ...any) Write {
	return Write{kind: raw, text: text, args: args}
}

// sql writes the statement in a dialect; rows is how many rows an insert has.
func (w *Write) sql(d dialect, rows int) string {
	b := new(strings.Builder)
	switch w.kind {
	case insert:
		w.insertInto(b, d, rows)
	case upsert:
		w.insertInto(b, d, rows)
		d.onConflict(b, w.keys, w.set)
	case update:
		b.WriteString("UPDATE " + d.quote(w.table) + " SET ")
		for i, c := range w.set {
			b.WriteString(comma(i) + d.quote(c.Name) + "=?")
		}
		writeWhere(b, d, w.where)
	case remove:
		b.WriteString("DELETE FROM " + d.quote(w.table))
		writeWhere(b, d, w.where)
	case raw:
		b.WriteString(w.text)
	}
	return b.String()
}

func (w *Write) insertInto(b *strings.Builder, d dialect, rows int) {
	b.WriteString("INSERT INTO " + d.quote(w.table) + " (")
	for i, c := range w.set {
		b.WriteString(comma(i) + d.quote(c.Name))
	}
	b.WriteString(") VALUES ")
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(w.set)), ",") + ")"
	for i := range rows {
		b.WriteString(comma(i) + row)
	}
}

// appendArgs adds the values in the order of the question marks.
func (w *Write) appendArgs(args []any) []any {
	for _, c := range w.set {
		args = append(args, argument(c.Value))
	}
	args = appendConditions(args, w.where)
	for _, a := range w.args {
		args = append(args, argument(a))
	}
	return args
}

// sameShape tells whether two inserts can be one statement with two rows.
func (w *Write) sameShape(o *Write) bool {
	if w.kind != o.kind || w.kind != insert && w.kind != upsert || w.table != o.table || len(w.set) != len(o.set) {
		return false
	}
	for i := range w.set {
		if w.set[i].Name != o.set[i].Name {
			return false
		}
	}
	return true
}

// writeWhere writes the conditions; a NULL is no value to compare with, so it needs no argument.
func writeWhere(b *strings.Builder, d dialect, where []Cond) {
	for i, c := range where {
		if i == 0 {
			b.WriteString(" WHERE ")
		} else {
			b.WriteString(" AND ")
		}
		b.WriteString(d.quote(c.Column))
		switch {
		case c.Value != nil:
			b.WriteString(" " + c.Op + " ?")
		case c.Op == "!=" || c.Op == "<>":
			b.WriteString(" IS NOT NULL")
		default:
			b.WriteString(" IS NULL")
		}
	}
}

func appendConditions(args []any, where []Cond) []any {
	for _, c := range where {
		if c.Value != nil {
			args = append(args, argument(c.Value))
		}
	}
	return args
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
