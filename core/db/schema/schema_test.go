package schema_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/db/schema"
)

func texts(list []schema.Change) string {
	var b []string
	for _, c := range list {
		b = append(b, c.String())
	}
	return strings.Join(b, "; ")
}

func TestCreateIsDoneOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d, ctx := dbtest.Tables(t, url, "subscriber"), context.Background()
		if err := d.Write(db.Insert("subscriber", db.Col{Name: "username", Value: "alice"})); err != nil {
			t.Fatal(err)
		}
		list, err := schema.Create(ctx, d, "auth_db", "grp")
		if err != nil || texts(list) != "table grp is missing" {
			t.Errorf("made: %s, %v", texts(list), err)
		}
		rows, err := d.Select(ctx, db.Query{Table: "subscriber"})
		if err != nil || len(rows) != 1 {
			t.Error("the subscriber is lost:", rows, err)
		}
		if err := d.CheckVersion(ctx, "grp", 2); err != nil {
			t.Error(err)
		}
		if _, err := schema.Create(ctx, d, "subscribers"); err == nil || !strings.Contains(err.Error(), "did you mean subscriber?") {
			t.Error("a wrong name:", err)
		}
	})
}

// damage is what may have happened to a table, and what becomes of it.
var damage = []struct {
	name, table string
	sql         []string
	found       string
	refused     string // part of the error of an upgrade; empty: it mends all
	mysqlOnly   bool
}{
	{name: "a missing table", table: "grp", sql: []string{"DROP TABLE grp"}, found: "table grp is missing"},
	{name: "a missing column", table: "silo", sql: []string{"ALTER TABLE silo DROP COLUMN callid"}, found: "table silo has no column callid"},
	{
		name: "a missing column without a default", table: "address", sql: []string{"ALTER TABLE address DROP COLUMN ip_addr"},
		found: "table address has no column ip_addr",
	},
	{
		name: "an old version", table: "dispatcher", sql: []string{"ALTER TABLE dispatcher DROP COLUMN attrs", "UPDATE version SET table_version = 2 WHERE table_name = 'dispatcher'"},
		found: "table dispatcher has no column attrs; table dispatcher has version 2, this server needs 4",
	},
	{
		name: "no row in the version table", table: "uri", sql: []string{"DELETE FROM version WHERE table_name = 'uri'"},
		found: "table uri is not in the version table",
	},
	{
		name: "a missing unique index", table: "subscriber", mysqlOnly: true, sql: []string{"DROP INDEX account_idx ON subscriber"},
		found: "table subscriber has no unique index on username, domain",
	},
	{
		name: "a narrow column", table: "location", mysqlOnly: true, sql: []string{"ALTER TABLE location MODIFY contact VARCHAR(255) NOT NULL"},
		found: "table location has a column contact for 255 characters, where 512 belong",
	},
	{
		name: "a newer version", table: "acc", sql: []string{"UPDATE version SET table_version = 6 WHERE table_name = 'acc'"},
		found: "table acc has version 6, and this server knows no later one than 5", refused: "no later one",
	},
	{
		name: "a column of another kind", table: "htable",
		sql:   []string{"ALTER TABLE htable DROP COLUMN expires", "ALTER TABLE htable ADD COLUMN expires VARCHAR(20) NOT NULL DEFAULT ''"},
		found: "table htable has a column expires for text, where numbers belong", refused: "where numbers belong",
	},
	{
		name: "a column that modules do not write", table: "dbaliases", mysqlOnly: true,
		sql:   []string{"ALTER TABLE dbaliases ADD COLUMN customer INT NOT NULL"},
		found: "table dbaliases has a column customer that needs a value, which no module writes: give it a default", refused: "customer",
	},
	{name: "a tolerated version", table: "aliases", sql: []string{"UPDATE version SET table_version = 8 WHERE table_name = 'aliases'"}},
	{name: "a column of the operator", table: "subscriber", sql: []string{"ALTER TABLE subscriber ADD COLUMN email VARCHAR(64)"}},
}

func TestCheckAndUpgrade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		var tables []string
		for _, c := range damage {
			tables = append(tables, c.table)
		}
		d := dbtest.Tables(t, url, tables...)
		for _, c := range damage {
			if c.mysqlOnly && d.URL().Driver != "mysql" {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				for _, statement := range c.sql {
					if err := d.Write(db.Exec(statement)); err != nil {
						t.Fatal(err)
					}
				}
				list, err := schema.Check(context.Background(), d, c.table)
				if err != nil || texts(list) != c.found {
					t.Fatalf("found %q, want %q, %v", texts(list), c.found, err)
				}
				checkUpgrade(t, d, c.table, c.refused)
			})
		}
	})
}

func checkUpgrade(t *testing.T, d *db.DB, table, refused string) {
	t.Helper()
	before := facts(t, d)
	_, err := schema.Upgrade(context.Background(), d, table)
	if refused != "" {
		if !errors.Is(err, schema.ErrRefused) || !strings.Contains(err.Error(), refused) {
			t.Errorf("the upgrade says %v", err)
		}
		if strings.Join(before, "\n") != strings.Join(facts(t, d), "\n") {
			t.Error("a refused upgrade changed something")
		}
		return
	}
	list, again := schema.Outdated(context.Background(), d, table)
	if err != nil || again != nil || len(list) > 0 {
		t.Errorf("after the upgrade: %s, %v, %v", texts(list), err, again)
	}
}

func TestAnUpgradeKeepsTheRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := dbtest.Tables(t, url, "permissions")
		for _, w := range []db.Write{
			db.Insert("address", db.Col{Name: "ip_addr", Value: "192.0.2.1"}, db.Col{Name: "mask", Value: 24}),
			db.Exec("ALTER TABLE address DROP COLUMN ip_addr"), db.Exec("UPDATE version SET table_version = 3 WHERE table_name = 'address'"),
		} {
			if err := d.Write(w); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := schema.Upgrade(context.Background(), d, "address"); err != nil {
			t.Fatal(err)
		}
		rows, err := d.Select(context.Background(), db.Query{Table: "address", Columns: []string{"ip_addr", "mask"}})
		if err != nil || len(rows) != 1 || rows[0].Str(0) != "" || rows[0].Int(1) != 24 {
			t.Error(rows, err)
		}
	})
}

func TestCreateDatabase(t *testing.T) {
	url := dbtest.MariaDB(t) + "_new"
	for _, want := range []bool{true, false} {
		if made, err := schema.CreateDatabase(context.Background(), url, db.DefaultOptions()); err != nil || made != want {
			t.Errorf("made %v, want %v, %v", made, want, err)
		}
	}
	d := dbtest.Tables(t, url, "grp")
	if err := d.Write(db.Exec("DROP DATABASE " + d.URL().Name)); err != nil {
		t.Error(err)
	}
	if made, err := schema.CreateDatabase(context.Background(), dbtest.SQLite(t), db.DefaultOptions()); err != nil || made {
		t.Errorf("a file: made %v, %v", made, err)
	}
}
