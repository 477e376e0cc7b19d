package db_sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	h := kemitest.Start(t, `modparam("db_sqlite", "db_set_journal_mode", "`+path+`=delete")
modparam("db_sqlite", "db_set_busy_timeout", "a.db=70")
modparam("db_sqlite", "db_set_synchronous", "a.db=NORMAL")
modparam("db_sqlite", "db_set_synchronous", "other.db=OFF")`, Module)
	d, err := h.DB("sqlite://" + path)
	if err != nil {
		t.Fatal(err)
	}
	for pragma, want := range map[string]string{"journal_mode": "delete", "busy_timeout": "70", "synchronous": "1"} {
		r, err := d.Read(context.Background(), "PRAGMA "+pragma)
		if err != nil || r.Rows[0].Str(0) != want {
			t.Errorf("%s: %v %v, want %s", pragma, r.Rows, err, want)
		}
	}
}

func TestStatistics(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	d, err := h.DB("sqlite://" + filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := d.Write(db.Exec("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)")); err != nil {
			t.Fatal(err)
		}
	}
	_ = d.Write(db.Exec("nonsense"))
	for name, want := range map[string]int64{"writes": 3, "commits": 4, "failed": 1, "lost": 0, "kept": 0, "dropped": 0, "reads": 0} {
		if e, ok := h.Stats.Get("db", name); !ok || e.Value() != want {
			t.Errorf("db:%s is %v, want %d", name, e, want)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	d, err := db.Open("sqlite://"+path, db.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(db.Exec("CREATE TABLE t (id INTEGER PRIMARY KEY)")); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	h := kemitest.Start(t, `modparam("db_sqlite", "db_set_readonly", "`+path+`")`, Module)
	r, err := h.DB("sqlite://" + path)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Write(db.Insert("t", db.Col{Name: "id", Value: 1})); err == nil {
		t.Error("a database that is only read was written")
	}
	if e, _ := h.Stats.Get("db", "commits"); e.Value() > 1 { // again would not help
		t.Errorf("tried %d times", e.Value())
	}
	if rows, err := r.Select(context.Background(), db.Query{Table: "t"}); err != nil || len(rows) != 0 {
		t.Error(rows, err)
	}
}

func TestWrongSettings(t *testing.T) {
	for _, text := range []string{
		`"db_set_journal_mode", "a.db=ODD"`, `"db_set_journal_mode", "WAL"`, `"db_set_busy_timeout", "a.db=x"`,
		`"db_set_busy_timeout", "=5"`, `"db_set_synchronous", "a.db="`, `"db_set_readonly", ""`,
	} {
		if _, err := kemitest.New(t, "modparam(\"db_sqlite\", "+text+")", Module); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
