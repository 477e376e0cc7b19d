package locdb_test

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/location/locdb"
)

func newBack(t *testing.T, url string) (*world, *locdb.Back) {
	w := &world{t: t, db: dbtest.Tables(t, url, "usrloc"), clock: clock.NewManual(time.Unix(start, 0))}
	w.rows = locdb.New(w.db, "location", settings())
	w.store = location.New(w.clock, "1")
	w.table = w.store.Add("location", location.Options{})
	back := locdb.NewBack(w.rows, w.table)
	w.store.Observe(back)
	return w, back
}

func flush(t *testing.T, b *locdb.Back) {
	t.Helper()
	if err := b.Flush(start); err != nil {
		t.Fatal(err)
	}
	if n := b.Waiting(); n != 0 {
		t.Fatalf("%d changes are left", n)
	}
}

func TestWriteBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		w, back := newBack(t, url)
		w.insert("alice", location.Contact{URI: "a", Expires: start + 60})
		w.insert("short", location.Contact{URI: "s", Expires: start + 60})
		w.remove("short")
		ruid := w.table.Lookup("alice")[0].RUID
		if s := back.State(ruid); s != "CS_NEW" {
			t.Error(s)
		}
		w.expect("")
		flush(t, back)
		w.expect("alice a 60 []")
		w.change("alice", func(c *location.Contact) { c.Expires = start + 70 })
		if s := back.State(ruid); s != "CS_DIRTY" {
			t.Error(s)
		}
		w.change("alice", func(c *location.Contact) { c.Expires = start + 80 })
		flush(t, back)
		w.expect("alice a 80 []")
		w.remove("alice")
		flush(t, back)
		w.expect("")
	})
}

// TestWriteBackAgainstMemory makes random changes; after each flush the database has what memory has.
func TestWriteBackAgainstMemory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		w, back := newBack(t, url)
		rng := rand.New(rand.NewSource(5))
		for range 10 {
			for range 300 {
				aor := fmt.Sprint("u", rng.Intn(40))
				switch list := w.table.Lookup(aor); {
				case len(list) == 0 || rng.Intn(3) == 0:
					w.insert(aor, location.Contact{URI: fmt.Sprint("sip:", rng.Intn(1e6)), Expires: start + 1000})
				case rng.Intn(4) == 0:
					w.remove(aor)
				default:
					w.change(aor, func(c *location.Contact) { c.Expires = start + 1000 + int64(rng.Intn(1000)) })
				}
			}
			flush(t, back)
			w.expect(w.memory())
		}
	})
}

// memory lists the table as loaded lists the database.
func (w *world) memory() string {
	var list []string
	w.table.Each(func(aor string, contacts []*location.Contact) bool {
		for _, c := range contacts {
			list = append(list, fmt.Sprint(aor, " ", c.URI, " ", c.Expires-start, " ", c.Attrs))
		}
		return true
	})
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// TestWriteBackSurvivesALostDatabase: what could not be written is written when it can be.
func TestWriteBackSurvivesALostDatabase(t *testing.T) {
	w, back := newBack(t, dbtest.SQLite(t))
	w.insert("old", location.Contact{URI: "o", Expires: start + 60})
	flush(t, back)
	if err := w.db.Write(db.Exec("ALTER TABLE location RENAME TO away")); err != nil {
		t.Fatal(err)
	}
	w.insert("new", location.Contact{URI: "n", Expires: start + 60})
	w.insert("gone", location.Contact{URI: "g", Expires: start + 60})
	w.change("old", func(c *location.Contact) { c.Expires = start + 90 })
	if err := back.Flush(start); err == nil || back.Waiting() != 3 {
		t.Fatal(err, back.Waiting())
	}
	w.remove("gone")
	w.change("new", func(c *location.Contact) { c.Expires = start + 70 })
	if err := w.db.Write(db.Exec("ALTER TABLE away RENAME TO location")); err != nil {
		t.Fatal(err)
	}
	flush(t, back)
	w.expect("new n 70 []; old o 90 []")
	if err := w.db.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
}
