package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// openRaw is a connection that knows nothing of package db.
func openRaw(t *testing.T, url string) *sql.Conn {
	t.Helper()
	kind, place, _ := strings.Cut(url, "://")
	if kind == "mysql" { // root@host:port/name
		account, rest, _ := strings.Cut(place, "@")
		address, name, _ := strings.Cut(rest, "/")
		place = account + "@tcp(" + address + ")/" + name
	}
	pool, err := sql.Open(kind, place)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		_ = pool.Close()
	})
	return conn
}

func TestAHugeWriteIsOneCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		var list []db.Write
		for i := range 5000 {
			list = append(list, thing(i, fmt.Sprint(i)))
			if i%7 == 0 {
				list = append(list, db.Update("things", []db.Col{{Name: "n", Value: -1}}, db.Eq("id", i)))
			}
		}
		before := d.Stats.Commits.Load()
		if n, err := d.WriteCount(list...); err != nil || n != int64(len(list)) {
			t.Error(n, err)
		}
		if n := d.Stats.Commits.Load() - before; n != 1 || countThings(t, d) != 5000 {
			t.Errorf("%d commits", n)
		}
	})
}

func TestARowTooLargeForTheServerFailsAlone(t *testing.T) {
	d := open(t, dbtest.MariaDB(t))
	huge := db.Insert("things", db.Col{Name: "id", Value: -1}, db.Col{Name: "body", Value: strings.Repeat("x", 40<<20)})
	errs := make([]error, 10)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			if i == 5 {
				errs[i] = d.Write(huge)
			} else {
				errs[i] = d.Write(thing(i, fmt.Sprint(i)))
			}
		})
	}
	all.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 5) {
			t.Errorf("%d: %.200v", i, err)
		}
	}
	if d.Stats.Lost.Load() != 0 {
		t.Error("the server was taken for lost")
	}
}

func TestOneWrongWriteCostsFewCommits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		if err := d.Write(thing(300, "first")); err != nil {
			t.Fatal(err)
		}
		before := d.Stats.Commits.Load()
		for i := range 512 {
			if err := d.Later(thing(i, fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		flush(t, d)
		if n := d.Stats.Commits.Load() - before; n > 60 || countThings(t, d) != 512 {
			t.Errorf("%d commits for %d rows", n, countThings(t, d))
		}
	})
}

func TestLaterKeepsItsOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		if err := d.Write(thing(1, "one")); err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			if err := d.Later(
				db.Update("things", []db.Col{{Name: "n", Value: i}}, db.Eq("id", 1)),
				db.Insert("things", db.Col{Name: "id", Value: 10 + i}, db.Col{Name: "n", Value: i}),
				db.Delete("things", db.Eq("id", 9+i), db.Cond{Column: "id", Op: ">", Value: 9})); err != nil {
				t.Fatal(err)
			}
		}
		flush(t, d)
		rows, err := d.Select(context.Background(), db.Query{Table: "things", Columns: []string{"id", "n"}, Order: "id"})
		if err != nil || len(rows) != 2 || rows[0].Int(1) != 999 || rows[1].Int(0) != 1009 {
			t.Error(rows, err)
		}
	})
}

func TestManyTextsAreNotKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		for i := range 600 {
			if err := d.Write(db.Exec(fmt.Sprintf("INSERT INTO things (id,name) VALUES (%d,?)", i), fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Read(context.Background(), fmt.Sprintf("SELECT %d FROM things WHERE id=?", i), i); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A file is shared with Kamailio, whose module writes a time as a Julian day in UTC.
func TestTimesInSQLiteAreJulianDays(t *testing.T) {
	url := dbtest.SQLite(t)
	d := open(t, url)
	at := time.Unix(1795366362, 0) // 2026-11-22 16:52:42 UTC
	whole := time.Unix(1795348800, 0)
	for i, when := range []time.Time{at, whole} {
		if err := d.Write(db.Insert("things", db.Col{Name: "id", Value: i}, db.Col{Name: "at", Value: when})); err != nil {
			t.Fatal(err)
		}
	}
	r, err := d.Read(context.Background(), "SELECT datetime(at), at FROM things ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows[0].Str(0) != "2026-11-22 16:52:42" || !r.Rows[0].Time(1).Equal(at) || !r.Rows[1].Time(1).Equal(whole) {
		t.Errorf("%q", r.Rows)
	}
	rows, err := d.Select(context.Background(), db.Query{Table: "things", Where: []db.Cond{{Column: "at", Op: "<", Value: at}}})
	if err != nil || len(rows) != 1 || rows[0].Int(0) != 1 {
		t.Error(rows, err)
	}
	if err := d.Write(db.Exec("UPDATE things SET at=2461367.21021412 WHERE id=0")); err != nil { // as Kamailio wrote it
		t.Fatal(err)
	}
	rows, err = d.Select(context.Background(), db.Query{Table: "things", Columns: []string{"at"}, Where: []db.Cond{db.Eq("id", 0)}})
	if err != nil || rows[0].Time(0).Unix() != 1795366962 {
		t.Error(rows[0].Time(0).Unix(), err)
	}
}

func TestInsertCutTakesWhatDoesNotFit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		for i, name := range []string{strings.Repeat("x", 100), "\xff\xfe", "plain"} {
			if err := d.Write(db.InsertCut("things", db.Col{Name: "id", Value: i}, db.Col{Name: "name", Value: name})); err != nil {
				t.Error(err)
			}
		}
		if err := d.Write(db.InsertCut("nowhere", db.Col{Name: "id", Value: 1})); err == nil {
			t.Error("a table that is not there took a row")
		}
		if n := countThings(t, d); n != 3 {
			t.Errorf("%d rows", n)
		}
	})
}
