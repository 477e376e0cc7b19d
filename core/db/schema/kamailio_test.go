package schema_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/db/schema"
)

// questions read all that a database knows of its tables, one row a fact.
var questions = map[string][]string{
	"mysql": {
		"SELECT table_name, column_name, column_type, is_nullable, column_default FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
		"SELECT table_name, index_name, seq_in_index, column_name, non_unique FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY 1, 2, 3",
		"SELECT table_name, table_version FROM version ORDER BY 1",
	},
	"sqlite": {
		`SELECT m.name, c.name, c.type, c."notnull", nullif(c.dflt_value, 'NULL'), c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`,
		`SELECT m.name, i.name, c.seqno, c.name, i."unique" FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c ORDER BY 1, 2, 3`,
		"SELECT table_name, table_version FROM version ORDER BY 1",
	},
}

// width is for display alone, and newer servers do not tell it. Of aliases see its definition.
var width = strings.NewReplacer("int(10)", "int", "int(11)", "int", "aliases 9", "aliases 8")

func facts(t *testing.T, d *db.DB) []string {
	t.Helper()
	var all []string
	for _, q := range questions[d.URL().Driver] {
		answer, err := d.Read(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range answer.Rows {
			fact := make([]string, len(r))
			for i := range r {
				fact[i] = r.Str(i)
			}
			all = append(all, width.Replace(strings.Join(fact, " ")))
		}
	}
	return all
}

// incumbent makes the tables with the files that Kamailio's package brings.
func incumbent(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(url, db.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	folder := map[string]string{"mysql": "/usr/share/kamailio/mysql", "sqlite": "/usr/share/kamailio/db_sqlite"}[d.URL().Driver]
	var done []string
	for _, table := range schema.Tables() {
		if slices.Contains(done, table.Group) {
			continue
		}
		done = append(done, table.Group)
		text, err := os.ReadFile(filepath.Join(folder, table.Group+"-create.sql"))
		if err != nil {
			t.Skip("left out: the tables of Kamailio's package are not installed: ", err)
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if err := d.Write(db.Exec(statement)); err != nil {
				t.Fatal(table.Group, err)
			}
		}
	}
	return d
}

func TestTablesAreThoseOfKamailio(t *testing.T) {
	for _, kind := range []func(testing.TB) string{dbtest.SQLite, dbtest.MariaDB} {
		url := kind(t)
		t.Run(url[:6], func(t *testing.T) {
			theirs := incumbent(t, url)
			ours := dbtest.Tables(t, kind(t))
			a, b := facts(t, theirs), facts(t, ours)
			for _, fact := range a {
				if !slices.Contains(b, fact) {
					t.Errorf("Kamailio has: %s", fact)
				}
			}
			for _, fact := range b {
				if !slices.Contains(a, fact) {
					t.Errorf("Kamailio has not: %s", fact)
				}
			}
			if list, err := schema.Check(context.Background(), theirs); err != nil || len(list) > 0 {
				t.Errorf("Kamailio's own tables: %v %v", list, err)
			}
			if len(a) < 500 {
				t.Errorf("only %d facts were compared", len(a))
			}
		})
	}
}

func TestMain(m *testing.M) { dbtest.Main(m) }
