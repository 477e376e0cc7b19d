package db

import (
	"database/sql/driver"
	"strings"
)

// Col is a column with its value: nil, string, []byte, int, int64, float64, bool or time.Time.
type Col struct {
	Name  string
	Value any
}

// Cond is a condition of a statement; several are joined by AND.
type Cond struct {
	Column string
	Op     string // = < > <= >= !=, and that of Like
	Value  any
}

// Eq asks that a column equals the value; nil asks for NULL.
func Eq(column string, value any) Cond { return Cond{column, "=", value} }

// escapeLike makes a pattern of LIKE, with ! before what is meant as it stands.
var escapeLike = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_", "*", "%")

// Like asks that a text fits a pattern, in which * stands for any text.
func Like(column, pattern string) Cond { return Cond{column, likeOp, escapeLike.Replace(pattern)} }

// likeOp names its sign of escape, as the databases differ in what they take without.
const likeOp = "LIKE"

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
	cut   bool // values that do not fit are cut
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

// InsertCut adds a row, and cuts values that are too long for their columns or hold signs
// that these cannot: where a part of the row is better than none.
func InsertCut(table string, cols ...Col) Write {
	return Write{kind: insert, cut: true, table: table, set: cols}
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

// What a write and each of its values take besides texts, in bytes.
const (
	writeSize = 160
	valueSize = 48
)

// size is how much memory writes hold, about.
func size(writes []Write) (n int) {
	for i := range writes {
		w := &writes[i]
		n += writeSize + len(w.text)
		for _, c := range w.set {
			n += valueSize + textSize(c.Value)
		}
		for _, c := range w.where {
			n += valueSize + textSize(c.Value)
		}
		for _, v := range w.args {
			n += valueSize + textSize(v)
		}
	}
	return n
}

func textSize(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	}
	return 0
}

// appendSQL writes the statement in a dialect; rows is how many rows an insert has.
func (w *Write) appendSQL(dst []byte, d *dialect, rows int) []byte {
	switch w.kind {
	case insert:
		return w.appendInsert(dst, d, rows)
	case upsert:
		return d.onConflict(w.appendInsert(dst, d, rows), d, w.keys, w.set)
	case update:
		dst = d.name(append(dst, "UPDATE "...), w.table)
		dst = append(dst, " SET "...)
		for i, c := range w.set {
			dst = append(d.name(comma(dst, i), c.Name), "=?"...)
		}
		return appendWhere(dst, d, w.where)
	case remove:
		return appendWhere(d.name(append(dst, "DELETE FROM "...), w.table), d, w.where)
	}
	return append(dst, w.text...)
}

func (w *Write) appendInsert(dst []byte, d *dialect, rows int) []byte {
	verb := "INSERT INTO "
	if w.cut {
		verb = d.insertCut
	}
	dst = d.name(append(dst, verb...), w.table)
	dst = append(dst, " ("...)
	for i, c := range w.set {
		dst = d.name(comma(dst, i), c.Name)
	}
	dst = append(dst, ") VALUES "...)
	for i := range rows {
		dst = append(comma(dst, i), '(')
		for k := range w.set {
			dst = append(comma(dst, k), '?')
		}
		dst = append(dst, ')')
	}
	return dst
}

// appendArgs adds the values in the order of the question marks.
func (w *Write) appendArgs(args []driver.NamedValue, d *dialect) []driver.NamedValue {
	for i := range w.set {
		args = appendArg(args, d, w.set[i].Value)
	}
	for i := range w.where {
		if v := w.where[i].Value; v != nil {
			args = appendArg(args, d, v)
		}
	}
	for _, v := range w.args {
		args = appendArg(args, d, v)
	}
	return args
}

func appendArg(args []driver.NamedValue, d *dialect, v any) []driver.NamedValue {
	return append(args, driver.NamedValue{Ordinal: len(args) + 1, Value: d.value(v)})
}

// sameShape tells whether two inserts can be one statement with two rows.
func (w *Write) sameShape(o *Write) bool {
	if w.kind != o.kind || w.cut != o.cut || w.kind != insert && w.kind != upsert || w.table != o.table || len(w.set) != len(o.set) {
		return false
	}
	for i := range w.set {
		if w.set[i].Name != o.set[i].Name {
			return false
		}
	}
	return true
}

// appendWhere writes the conditions; a NULL is no value to compare with, so it needs no argument.
func appendWhere(dst []byte, d *dialect, where []Cond) []byte {
	for i, c := range where {
		if i == 0 {
			dst = append(dst, " WHERE "...)
		} else {
			dst = append(dst, " AND "...)
		}
		dst = d.name(dst, c.Column)
		switch {
		case c.Value != nil:
			dst = append(append(append(dst, ' '), c.Op...), " ?"...)
			if c.Op == likeOp {
				dst = append(dst, " ESCAPE '!'"...)
			}
		case c.Op == "!=" || c.Op == "<>":
			dst = append(dst, " IS NOT NULL"...)
		default:
			dst = append(dst, " IS NULL"...)
		}
	}
	return dst
}

func comma(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}
