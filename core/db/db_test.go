package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

const table = `CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(64) UNIQUE, n INTEGER, q REAL, at TIMESTAMP NULL, body BLOB)`

// patient has no caller give up because the machine is busy.
func patient() db.Options {
	o := db.DefaultOptions()
	o.Timeout, o.Silence = time.Minute, time.Minute
	return o
}

// open gives a database with the table, and much time.
func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d := reopen(t, url, patient())
	if err := d.Write(db.Exec(table)); err != nil {
		t.Fatal(err)
	}
	return d
}

// openWith makes the table as open does, with much time, and gives the database with other options.
func openWith(t testing.TB, url string, o db.Options) *db.DB {
	t.Helper()
	if err := open(t, url).Close(); err != nil {
		t.Fatal(err)
	}
	return reopen(t, url, o)
}

func reopen(t testing.TB, url string, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func thing(id int, name string) db.Write {
	return db.Insert("things", db.Col{Name: "id", Value: id}, db.Col{Name: "name", Value: name}, db.Col{Name: "n", Value: id * 10})
}

func TestFilesAreNotForAll(t *testing.T) {
	url := dbtest.SQLite(t)
	open(t, url)
	file := strings.TrimPrefix(url, "sqlite://")
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s has the permissions %v", name, info.Mode())
		}
	}
	if _, err := db.Open("sqlite:///nowhere/test.db", db.DefaultOptions()); err == nil || !strings.Contains(err.Error(), "/nowhere") {
		t.Error("in a folder that does not exist:", err)
	}
}

func TestValuesComeBack(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		err := d.Write(db.Insert("things", db.Col{Name: "id", Value: 1}, db.Col{Name: "name", Value: "it's"},
			db.Col{Name: "q", Value: 0.5}, db.Col{Name: "at", Value: at}, db.Col{Name: "body", Value: []byte("a\x00b")}))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := d.Select(context.Background(), db.Query{Table: "things", Where: []db.Cond{db.Eq("name", "it's"), db.Eq("n", nil)}})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		r := rows[0]
		if r.Int(0) != 1 || r.Str(1) != "it's" || !r.IsNull(2) || r.Float(3) != 0.5 || !r.Time(4).Equal(at) || r.Str(5) != "a\x00b" {
			t.Errorf("got %q, time %v", r, r.Time(4))
		}
	})
}

func TestWritesAreAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		if err := d.Write(thing(1, "a"), thing(1, "b")); err == nil {
			t.Fatal("a doubled key was taken")
		}
		rows, err := d.Select(context.Background(), db.Query{Table: "things"})
		if err != nil || len(rows) != 0 {
			t.Error(rows, err)
		}
	})
}

func TestAWrongWriteFailsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		const n = 300
		errs := make([]error, n)
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() { errs[i] = d.Write(thing(i/2, fmt.Sprint("x", i))) })
		}
		all.Wait()
		for i := 0; i < n; i += 2 {
			if (errs[i] == nil) == (errs[i+1] == nil) {
				t.Fatalf("of two rows with one key: %v, %v", errs[i], errs[i+1])
			}
		}
	})
}

func TestUpsertAndCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		for n := range 2 {
			err := d.Write(db.Upsert("things", []string{"name"}, db.Col{Name: "name", Value: "a"}, db.Col{Name: "id", Value: 7}, db.Col{Name: "n", Value: n}))
			if err != nil {
				t.Fatal(err)
			}
		}
		count, err := d.WriteCount(db.Update("things", []db.Col{{Name: "n", Value: 1}}, db.Eq("id", 7)))
		if err != nil || count != 1 {
			t.Errorf("an update of an equal value touched %d rows: %v", count, err)
		}
		count, err = d.WriteCount(db.Delete("things", db.Cond{Column: "n", Op: ">", Value: 0}))
		if err != nil || count != 1 {
			t.Errorf("deleted %d: %v", count, err)
		}
	})
}

func TestWritesShareACommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		const n = 2000
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range n {
			all.Go(func() {
				<-start
				if err := d.Write(thing(i, fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		all.Wait()
		if c := d.Stats.Commits.Load(); c > n/2 {
			t.Errorf("%d writes took %d commits", n, c)
		}
		rows, err := d.Read(context.Background(), "SELECT count(*) AS all_of_them FROM things WHERE id >= ?", 0)
		if err != nil || rows.Columns[0] != "all_of_them" || rows.Rows[0].Int(0) != n {
			t.Error(rows, err)
		}
	})
}

func TestLaterSurvivesALostServer(t *testing.T) {
	s, url := dbtest.Own(t)
	d := open(t, url)
	s.Stop()
	for !errors.Is(d.Write(thing(1, "refused")), db.ErrDown) {
		time.Sleep(time.Millisecond)
	}
	asked := d.Stats.Reads.Load()
	for i := range 1000 {
		if err := d.Later(thing(i, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Select(context.Background(), db.Query{Table: "things"}); !errors.Is(err, db.ErrDown) {
			t.Fatal("a read of a lost database:", err)
		}
	}
	if n := d.Stats.Reads.Load() - asked; n != 0 {
		t.Errorf("a lost database held %d callers", n)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	flush(t, d)
	rows, err := d.Select(context.Background(), db.Query{Table: "things", Order: "id DESC", Limit: 1, Columns: []string{"id"}})
	if err != nil || len(rows) != 1 || rows[0].Int(0) != 999 {
		t.Error(rows, err)
	}
}

func TestURLsHideTheirPassword(t *testing.T) {
	u, err := db.ParseURL("mysql://kamailio:kama@ilio:rw@db.test:3307/kamailio")
	if err != nil || u.Password != "kama@ilio:rw" || u.User != "kamailio" || u.Host != "db.test:3307" || u.Name != "kamailio" {
		t.Errorf("%+v %v", u, err)
	}
	if u.String() != "mysql://kamailio:***@db.test:3307/kamailio" {
		t.Error(u.String())
	}
	for _, wrong := range []string{"", "x", "pgsql://a:secret@b/c", "mysql://a:secret@b", "sqlite://", "a:secret@b"} {
		_, err := db.ParseURL(wrong)
		if err == nil {
			t.Errorf("%q was taken", wrong)
		} else if s := err.Error(); len(s) == 0 || strings.Contains(s, "secret") {
			t.Errorf("%q: %s", wrong, s)
		}
	}
}

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		writeUntilKilled(url)
	}
	dbtest.Main(m)
}
