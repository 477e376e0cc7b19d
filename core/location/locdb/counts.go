package locdb

import (
	"context"
	"strings"
)

// Users is how many addresses of record have contacts that have not expired. It blocks.
func (t *Table) Users(ctx context.Context, now int64) (int64, error) {
	n := &t.s.Columns
	columns := quoted(n.User) + "," + quoted(n.Domain)
	return t.count(ctx, "SELECT COUNT(*) FROM (SELECT DISTINCT "+columns+" FROM "+quoted(t.Name)+t.valid()+") AS users", now)
}

// Contacts is how many contacts have not expired. It blocks.
func (t *Table) Contacts(ctx context.Context, now int64) (int64, error) {
	return t.count(ctx, "SELECT COUNT(*) FROM "+quoted(t.Name)+t.valid(), now)
}

// ExpiredContacts is how many rows are those of expired contacts. It blocks.
func (t *Table) ExpiredContacts(ctx context.Context, now int64) (int64, error) {
	column := quoted(t.s.Columns.Expires)
	return t.count(ctx, "SELECT COUNT(*) FROM "+quoted(t.Name)+" WHERE "+column+" != ? AND "+column+" <= ?", now)
}

func (t *Table) valid() string {
	column := quoted(t.s.Columns.Expires)
	return " WHERE " + column + " = ? OR " + column + " > ?"
}

func (t *Table) count(ctx context.Context, text string, now int64) (int64, error) {
	r, err := t.db.Read(ctx, text, t.s.when(0), t.s.when(now))
	if err != nil {
		return 0, t.fail("counting", err)
	}
	return r.Rows[0].Int(0), nil
}

// quoted makes a name fit for a statement; both kinds of database know these quotes.
func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
