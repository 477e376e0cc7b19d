package schema

import (
	"fmt"
	"slices"

	"github.com/moonroute/moonroute/core/nearest"
)

// Table is one table. Each has a column id, its primary key, which is not listed.
type Table struct {
	Name    string
	Group   string // the module that uses it
	Version int    // its row in the version table
	// Tolerated is another version that Check is content with, for it does no harm where no
	// module asks for the table; Upgrade changes it.
	Tolerated int
	Columns   []Column
	Indexes   []Index
}

// Column is one column of a table.
type Column struct {
	Name    string
	Type    Type
	Size    int    // of a varchar, in characters
	Null    bool   // NULL is allowed
	Default string // as an SQL literal; empty: none
}

// Index is an index, or with Unique a constraint.
type Index struct {
	Name    string // in MySQL; SQLite has the table's name before it
	Columns []string
	Unique  bool
}

// Type is the kind of a column.
type Type int

// The kinds that Kamailio's tables use.
const (
	text Type = iota
	mediumText
	blob
	mediumBlob
	datetime
	float2 // with that many places after the point
	float3
	integer
	unsignedInteger
	smallUnsigned
	flag
	bit
	variable // characters, up to the column's size
)

func varchar(name string, size int) Column {
	return Column{Name: name, Type: variable, Size: size, Default: "''"}
}

func number(name string) Column { return Column{Name: name, Type: integer, Default: "0"} }

func unsigned(name string) Column { return Column{Name: name, Type: unsignedInteger, Default: "0"} }

func column(name string, t Type) Column { return Column{Name: name, Type: t} }

func lastModified() Column { return column("last_modified", datetime).or("'2000-01-01 00:00:01'") }

// required is the column without a default: each row gives a value.
func (c Column) required() Column {
	c.Default = ""
	return c
}

// null is the column with NULL allowed, which is then its default.
func (c Column) null() Column {
	c.Default, c.Null = "", true
	return c
}

// or is the column with another default.
func (c Column) or(literal string) Column {
	c.Default = literal
	return c
}

func index(name string, columns ...string) Index { return Index{Name: name, Columns: columns} }

func unique(name string, columns ...string) Index {
	return Index{Name: name, Columns: columns, Unique: true}
}

// Tables are all tables; the version table is the first.
func Tables() []Table {
	return slices.Concat(routing(), accounts(), bindings(), calls(), services(), presence(), resourceLists(), traces())
}

// Named are the tables with these names or groups, with the version table before them; no
// name means all. An unknown name is an error that tells what is alike.
func Named(names ...string) ([]Table, error) {
	all := Tables()
	if len(names) == 0 {
		return all, nil
	}
	picked, known := all[:1:1], []string{}
	for _, t := range all {
		known = append(known, t.Name, t.Group)
		if t.Name != all[0].Name && (slices.Contains(names, t.Name) || slices.Contains(names, t.Group)) {
			picked = append(picked, t)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, unknown(n, known)
		}
	}
	return picked, nil
}

func unknown(name string, known []string) error {
	if near := nearest.Word(name, slices.Values(known)); near != "" {
		return fmt.Errorf("schema: there is no table %s: did you mean %s?", name, near)
	}
	return fmt.Errorf("schema: there is no table %s", name)
}

// optional tells whether a database may well be without the table: kamdbctl makes it only
// when asked to.
func (t Table) optional() bool {
	return slices.Contains([]string{"userblocklist", "siptrace", "presence", "rls", "mtree", "htable", "pipelimit", "uac", "rtpengine"}, t.Group)
}
