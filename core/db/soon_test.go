package db_test

import (
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// TestWriteSoon: the caller is told at most once of each write that takes long, and the row is there in any case.
func TestWriteSoon(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		const writes = 20
		for i := range writes {
			told := 0
			n, err := d.WriteSoon(func() { told++ }, db.Insert("things", db.Col{Name: "id", Value: i + 1}))
			if n != 1 || err != nil || told > 1 {
				t.Fatalf("write %d: %d rows, %v, told %d times", i, n, err, told)
			}
		}
		rows, err := d.Select(t.Context(), db.Query{Table: "things"})
		if err != nil || len(rows) != writes {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}
