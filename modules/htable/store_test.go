package htable

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// item is a row of the table htable.
type item struct {
	key         string
	array, kind int
	value       string
	expires     int64
}

func (i item) insert() db.Write {
	return db.Insert("htable", db.Col{Name: "key_name", Value: i.key}, db.Col{Name: "key_type", Value: i.array},
		db.Col{Name: "value_type", Value: i.kind}, db.Col{Name: "key_value", Value: i.value}, db.Col{Name: "expires", Value: i.expires})
}

func filled(t *testing.T, url string, items ...item) *db.DB {
	t.Helper()
	d := dbtest.Tables(t, url, "standard", "htable")
	for _, i := range items {
		if err := d.Write(i.insert()); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func startWith(t *testing.T, url, text string) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, `modparam("htable", "db_url", "`+url+`")`+"\n"+text, Module)
}

// stored is what the database has, as "key=value" with # after numbers.
func stored(t *testing.T, d *db.DB) string {
	t.Helper()
	rows, err := d.Select(context.Background(), db.Query{Table: "htable", Columns: []string{"key_name", "key_type", "value_type", "key_value"}, Order: "key_name"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s=%s%s ", r.Str(0), r.Str(3), strings.Repeat("#", int(r.Int(2))))
		if r.Int(1) != 0 {
			b.WriteString("array ")
		}
	}
	return b.String()
}

func expectKeys(t *testing.T, h *kemitest.Host, table string, want map[string]kemi.Value) {
	t.Helper()
	tab := h.Registry.Module("htable").State.(*state).tables[table]
	now := h.Clock.Now().Unix()
	all, _, _ := tab.fill(now)
	if all != len(want) {
		t.Errorf("%s has %d keys, want %d", table, all, len(want))
	}
	for key, v := range want {
		if got := tab.get(key, now); got.Kind() != v.Kind() || string(got.AppendText(nil)) != string(v.AppendText(nil)) {
			t.Errorf("%s=>%s is %v, want %v", table, key, got, v)
		}
	}
}

func rpcSays(t *testing.T, h *kemitest.Host, method, table, want string) {
	t.Helper()
	if got := h.RPC(`{"jsonrpc":"2.0","method":"` + method + `","params":["` + table + `"],"id":1}`); !strings.Contains(got, want) {
		t.Errorf("%s %s: %s, want %s", method, table, got, want)
	}
}

func TestTablesComeFromTheDatabase(t *testing.T) {
	later := time.Now().Unix() + 1000
	dbtest.Each(t, func(t *testing.T, url string) {
		d := filled(t, url, item{key: "s", value: "text"}, item{key: "i", kind: 1, value: "42"}, item{key: "bad", kind: 1, value: "4x"},
			item{key: "key", array: 1, value: "one"}, item{key: "other", array: 1, kind: 1, value: "9"}, item{key: "key", array: 1, value: "two"},
			item{key: "gone", value: "x", expires: 5}, item{key: "later", value: "y", expires: later})
		want := map[string]kemi.Value{
			"s": kemi.Str("text"), "i": kemi.Int(42), "bad": kemi.Int(4), "key[0]": kemi.Str("one"), "key[1]": kemi.Str("two"),
			"key::size": kemi.Int(2), "other[0]": kemi.Int(9), "other::size": kemi.Int(1), "gone": kemi.Str("x"), "later": kemi.Str("y"),
		}
		h := startWith(t, url, `modparam("htable", "htable", "a=>dbtable=htable")
modparam("htable", "htable", "e=>dbtable=htable;autoexpire=300")
modparam("htable", "htable", "c=>dbtable=htable;cols='key_name,value_type,key_value'")
modparam("htable", "db_expires", 1)`)
		expectKeys(t, h, "a", want)
		delete(want, "gone")
		expectKeys(t, h, "e", want)
		s := h.Registry.Module("htable").State.(*state)
		if left := s.tables["e"].expiry("later", s.now()); left < 900 || left > 1000 {
			t.Error("expiry from the database:", left)
		}
		if left := s.tables["e"].expiry("s", s.now()); left < 200 || left > 300 {
			t.Error("expiry of the table:", left)
		}
		if v := s.tables["c"].get("i", s.now()); v.Text() != "1,42" {
			t.Error("columns:", v)
		}
		rpcSays(t, h, "htable.store", "c", "Ok.")
		if err := d.Write(db.Delete("htable", db.Cond{Column: "key_name", Op: "!=", Value: "i"})); err != nil {
			t.Fatal(err)
		}
		rpcSays(t, h, "htable.reload", "a", "Ok. Htable reloaded.")
		expectKeys(t, h, "a", map[string]kemi.Value{"i": kemi.Int(42)})
		if err := d.Write(db.Exec("DROP TABLE htable")); err != nil {
			t.Fatal(err)
		}
		rpcSays(t, h, "htable.reload", "a", "Htable reload failed")
		expectKeys(t, h, "a", map[string]kemi.Value{"i": kemi.Int(42)})
	})
}

func TestTablesGoToTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := filled(t, url, item{key: "old", value: "it's"})
		h := startWith(t, url, `modparam("htable", "htable", "a=>dbtable=htable;dbmode=1")
modparam("htable", "htable", "plain=>size=4")`)
		set := func(key, value string) {
			h.RPC(`{"jsonrpc":"2.0","method":"htable.sets","params":["a","` + key + `","` + value + `"],"id":1}`)
		}
		set("new", "x")
		h.RPC(`{"jsonrpc":"2.0","method":"htable.seti","params":["a","number",-7],"id":1}`)
		rpcSays(t, h, "htable.store", "a", "Ok. Htable successfully stored to DB.")
		if got := stored(t, d); got != "new=x number=-7# old=it's " {
			t.Error(got)
		}
		rpcSays(t, h, "htable.store", "plain", "No database htable")
		rpcSays(t, h, "htable.reload", "plain", "No database htable")
		rpcSays(t, h, "htable.store", "nosuch", "No such htable")
		h.RPC(`{"jsonrpc":"2.0","method":"htable.delete","params":["a","old"],"id":1}`)
		for i := range 500 {
			set(fmt.Sprint("many", i), "v")
		}
		h.Stop()
		if got := stored(t, d); !strings.HasPrefix(got, "many0=v many1=v ") || strings.Count(got, "=") != 502 || strings.Contains(got, "old") {
			t.Errorf("%.200s", got)
		}
	})
}
