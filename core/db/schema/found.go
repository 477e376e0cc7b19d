package schema

import (
	"context"
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// found is a table as it is in a database.
type found struct {
	columns map[string]foundColumn // by their names in lower case, as databases compare them
	indexes map[string]*Index
	version int64 // 0: it has no row in the version table
}

type foundColumn struct {
	name     string
	family   family
	size     int64 // of a text, in characters; 0: no bound
	required bool  // a row without it is refused
}

// The questions give: table, column, type, size, required; and table, index, unique, column.
var (
	askColumns = map[string]string{
		"mysql": "SELECT table_name, column_name, data_type, COALESCE(character_maximum_length, 0)," +
			" is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE '%auto_increment%'" +
			" FROM information_schema.columns WHERE table_schema = DATABASE()",
		"sqlite": `SELECT m.name, c.name, c.type, 0, c."notnull" AND c.dflt_value IS NULL AND NOT c.pk` +
			` FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
	}
	askIndexes = map[string]string{
		"mysql": "SELECT table_name, index_name, non_unique = 0, column_name" +
			" FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index",
		"sqlite": `SELECT m.name, i.name, i."unique", c.name FROM sqlite_master m JOIN pragma_index_list(m.name) i` +
			` JOIN pragma_index_info(i.name) c WHERE m.type = 'table' ORDER BY m.name, i.name, c.seqno`,
	}
)

// look reads what tables there are. It blocks.
func look(ctx context.Context, d *db.DB) (map[string]*found, error) {
	driver, tables := d.URL().Driver, map[string]*found{}
	columns, err := d.Read(ctx, askColumns[driver])
	if err != nil {
		return nil, err
	}
	for _, r := range columns.Rows {
		t := tables[r.Str(0)]
		if t == nil {
			t = &found{columns: map[string]foundColumn{}, indexes: map[string]*Index{}}
			tables[r.Str(0)] = t
		}
		t.columns[strings.ToLower(r.Str(1))] = foundColumn{r.Str(1), familyOf(r.Str(2)), r.Int(3), r.Int(4) != 0}
	}
	indexes, err := d.Read(ctx, askIndexes[driver])
	if err != nil {
		return nil, err
	}
	for _, r := range indexes.Rows {
		if t := tables[r.Str(0)]; t != nil {
			t.addIndex(r.Str(1), r.Int(2) != 0, strings.ToLower(r.Str(3)))
		}
	}
	return tables, lookVersions(ctx, d, tables)
}

func (t *found) addIndex(name string, unique bool, column string) {
	i := t.indexes[name]
	if i == nil {
		i = &Index{Name: name, Unique: unique}
		t.indexes[name] = i
	}
	i.Columns = append(i.Columns, column)
}

func lookVersions(ctx context.Context, d *db.DB, tables map[string]*found) error {
	if tables[db.VersionTable] == nil {
		return nil
	}
	rows, err := d.Select(ctx, db.Query{Table: db.VersionTable, Columns: []string{"table_name", "table_version"}})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if t := tables[r.Str(0)]; t != nil {
			t.version = r.Int(1)
		}
	}
	return nil
}
