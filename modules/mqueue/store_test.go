package mqueue_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/mqueue"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// tables makes one for each of the queues q1 to q3, which have the dbmodes 1 to 3, with two items each.
func tables(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(url, db.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	number, quote := "INTEGER PRIMARY KEY AUTOINCREMENT", `"`
	if strings.HasPrefix(url, "mysql") {
		number, quote = "INTEGER PRIMARY KEY AUTO_INCREMENT", "`"
	}
	for _, q := range []string{"q1", "q2", "q3"} {
		err := d.Write(db.Exec("CREATE TABLE " + q + " (id " + number + ", " + quote + "key" + quote + " VARCHAR(64), val VARCHAR(4096))"))
		for i := range 2 {
			if err == nil {
				err = d.Write(db.Insert(q, db.Col{Name: "key", Value: fmt.Sprint("k", i)}, db.Col{Name: "val", Value: fmt.Sprint("old", i)}))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func items(t *testing.T, d *db.DB, table string) string {
	t.Helper()
	rows, err := d.Select(context.Background(), db.Query{Table: table, Columns: []string{"key", "val"}, Order: "id"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Str(0) + "=" + r.Str(1) + " ")
	}
	return b.String()
}

func TestQueuesInADatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url)
		h := kemitest.Start(t, `modparam("mqueue", "db_url", "`+url+`")
modparam("mqueue", "mqueue", "name=q1;dbmode=1")
modparam("mqueue", "mqueue", "name=q2;dbmode=2")
modparam("mqueue", "mqueue", "name=q3;dbmode=3")`, mqueue.Module)
		for table, want := range map[string]string{"q1": "", "q2": "", "q3": "k0=old0 k1=old1 "} {
			if got := items(t, d, table); got != want {
				t.Errorf("after the start %s has %q, want %q", table, got, want)
			}
		}
		h.Run("", func(c *kemi.Ctx) {
			for queue, want := range map[string]int{"q1": 2, "q2": 2, "q3": -1} {
				size := h.Call(c, "mqueue", "mq_size", kemi.Str(queue)).Int()
				if size != want && (want >= 0 || size > 0) {
					t.Errorf("%s has %d items", queue, size)
				}
				h.Call(c, "mqueue", "mq_fetch", kemi.Str(queue))
				h.Call(c, "mqueue", "mq_add", kemi.Str(queue), kemi.Str("it's"), kemi.Str("new"))
			}
		})
		h.Stop()
		for table, want := range map[string]string{"q1": "k1=old1 it's=new ", "q2": "", "q3": "k0=old0 k1=old1 it's=new "} {
			if got := items(t, d, table); got != want {
				t.Errorf("after the end %s has %q, want %q", table, got, want)
			}
		}
	})
}

func TestAQueueNeedsItsTable(t *testing.T) {
	h, err := kemitest.New(t, `modparam("mqueue", "db_url", "`+dbtest.SQLite(t)+`")
modparam("mqueue", "mqueue", "name=nosuch;dbmode=1")`, mqueue.Module)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), "queue nosuch") {
		t.Error(err)
	}
}
