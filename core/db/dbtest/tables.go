package dbtest

import (
	"context"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/schema"
)

// Tables makes tables, by their names or those of their modules, in the database of a URL
// and gives it open; the end of the test closes it.
func Tables(t testing.TB, url string, names ...string) *db.DB {
	t.Helper()
	d, err := db.Open(url, db.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // the test is over
	if _, err := schema.Create(context.Background(), d, names...); err != nil {
		t.Fatal(err)
	}
	return d
}
