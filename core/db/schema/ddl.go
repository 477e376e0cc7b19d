package schema

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// language is how a database writes the statements that make tables.
type language struct {
	quote       string
	id          string // the type of the primary key
	types       map[Type]string
	indexPrefix bool // the names of indexes are shared by all tables
	inlineIndex bool // a table is made with its indexes
	resize      bool // a column has a size that counts
	textDefault bool // the default of a text may be given with a new column
}

// languages are Kamailio's own choices: its MySQL types, and for SQLite the nearest ones.
func languages(driver string) language {
	if driver == "sqlite" {
		return language{quote: `"`, id: "INTEGER PRIMARY KEY NOT NULL", indexPrefix: true, textDefault: true, types: map[Type]string{
			text: "TEXT", mediumText: "TEXT", blob: "BLOB", mediumBlob: "BLOB", datetime: "TIMESTAMP WITHOUT TIME ZONE",
			float2: "REAL", float3: "REAL", integer: "INTEGER", unsignedInteger: "INTEGER",
			smallUnsigned: "SMALLINT", flag: "SMALLINT", bit: "INTEGER",
		}}
	}
	return language{quote: "`", id: "INT UNSIGNED AUTO_INCREMENT PRIMARY KEY NOT NULL", resize: true, inlineIndex: true, types: map[Type]string{
		text: "TEXT", mediumText: "MEDIUMTEXT", blob: "BLOB", mediumBlob: "MEDIUMBLOB", datetime: "DATETIME",
		float2: "FLOAT(10,2)", float3: "FLOAT(10,3)", integer: "INT", unsignedInteger: "INT UNSIGNED",
		smallUnsigned: "SMALLINT UNSIGNED", flag: "TINYINT(1)", bit: "INT(1)",
	}}
}

func (l language) name(s string) string { return l.quote + s + l.quote }

func (l language) names(list []string) string {
	return l.quote + strings.Join(list, l.quote+", "+l.quote) + l.quote
}

func (l language) column(c Column) string {
	b := l.name(c.Name) + " "
	if c.Type == variable {
		b += fmt.Sprintf("VARCHAR(%d)", c.Size)
	} else {
		b += l.types[c.Type]
	}
	switch {
	case c.Default != "":
		b += " DEFAULT " + c.Default
	case c.Null:
		b += " DEFAULT NULL"
	}
	if !c.Null {
		b += " NOT NULL"
	}
	return b
}

// create makes the table and its indexes and notes its version.
func (l language) create(t Table) []db.Write {
	lines := []string{l.name("id") + " " + l.id}
	for _, c := range t.Columns {
		lines = append(lines, l.column(c))
	}
	var later []db.Write
	for _, i := range t.Indexes {
		switch {
		case i.Unique:
			lines = append(lines, "CONSTRAINT "+l.name(l.indexName(t, i))+" UNIQUE ("+l.names(i.Columns)+")")
		case l.inlineIndex:
			lines = append(lines, "INDEX "+l.name(l.indexName(t, i))+" ("+l.names(i.Columns)+")")
		default:
			later = append(later, l.index(t, i))
		}
	}
	table := db.Exec("CREATE TABLE " + l.name(t.Name) + " (\n    " + strings.Join(lines, ",\n    ") + "\n)")
	return append(append([]db.Write{table}, later...), setVersion(t))
}

func (l language) indexName(t Table, i Index) string {
	if l.indexPrefix {
		return t.Name + "_" + i.Name
	}
	return i.Name
}

func (l language) index(t Table, i Index) db.Write {
	kind := "INDEX "
	if i.Unique {
		kind = "UNIQUE INDEX "
	}
	return db.Exec("CREATE " + kind + l.name(l.indexName(t, i)) + " ON " + l.name(t.Name) + " (" + l.names(i.Columns) + ")")
}

// addColumn gives the rows that are there something where the column has no default.
func (l language) addColumn(t Table, c Column) db.Write {
	if c.Default == "" && !c.Null && (l.textDefault || c.Type.family() != words) {
		c.Default = c.Type.family().zero()
	}
	return db.Exec("ALTER TABLE " + l.name(t.Name) + " ADD COLUMN " + l.column(c))
}

func (l language) widen(t Table, c Column) db.Write {
	return db.Exec("ALTER TABLE " + l.name(t.Name) + " MODIFY COLUMN " + l.column(c))
}

func setVersion(t Table) db.Write {
	return db.Upsert(db.VersionTable, []string{"table_name"}, db.Col{Name: "table_name", Value: t.Name}, db.Col{Name: "table_version", Value: t.Version})
}
