package acc

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// tables makes the module's tables and gives a database to look into them.
func tables(t *testing.T, url string, more ...db.Write) *db.DB {
	t.Helper()
	d := dbtest.Tables(t, url, "standard", "acc")
	for _, w := range more {
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// column adds one to the table of records.
func column(name string) db.Write {
	return db.Exec("ALTER TABLE acc ADD COLUMN " + name + " VARCHAR(64)")
}

func start(t *testing.T, url, text string) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, `modparam("acc", "db_url", "`+url+`")`+"\n"+text, fixed, Module)
}

// rows are those of a table, without their numbers and the time of day.
func rows(t *testing.T, d *db.DB, table string, columns ...string) []string {
	t.Helper()
	list, err := d.Select(context.Background(), db.Query{Table: table, Columns: columns, Order: "id"})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, r := range list {
		var b strings.Builder
		for i := range r {
			if r.IsNull(i) {
				b.WriteString("NULL")
			}
			b.WriteString(r.Str(i) + "|")
		}
		texts = append(texts, b.String())
	}
	return texts
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

var base = []string{"method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason"}

func TestDatabaseRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url)
		h := start(t, url, "")
		h.Run(message, func(c *kemi.Ctx) {
			for _, test := range []struct {
				comment, table string
				want           int
			}{
				{"404 Not here", "acc", 1},
				{"no code", "missed_calls", 1},
				{"404 Not here", "nosuch", -1},
				{"404 Not here", "", -1},
				{"", "acc", -1},
				{"404 " + strings.Repeat("x", 300), "acc", 1}, // longer than the column
			} {
				if got := h.Call(c, "acc", "acc_db_request", kemi.Str(test.comment), kemi.Str(test.table)).Int(); got != test.want {
					t.Errorf("%q into %q: %d", test.comment, test.table, got)
				}
			}
			if got := h.Call(c, "acc", "acc_request", kemi.Str("480 Later"), kemi.Str("missed_calls")).Int(); got != 1 {
				t.Errorf("acc_request gives %d", got)
			}
		})
		got := rows(t, d, "acc", base...)
		if len(got) != 2 || got[0] != "MESSAGE|a|b|1@example.test|404|Not here|" || !strings.HasPrefix(got[1], "MESSAGE|a|b|1@example.test|404|xxx") {
			t.Errorf("%q", got)
		}
		equal(t, "missed calls", rows(t, d, "missed_calls", base...),
			"MESSAGE|a|b|1@example.test||no code|", "MESSAGE|a|b|1@example.test|480|Later|")
		r, err := d.Select(context.Background(), db.Query{Table: "acc", Columns: []string{"time"}})
		if err != nil || time.Since(r[0].Time(0)).Abs() > 10*time.Minute {
			t.Error(r, err)
		}
	})
}

func TestExtraColumnsAndLegs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url, column("x"), column("none"), column("src"), column("dst"), column("time_attr"), column("time_exten"))
		h := start(t, url, `modparam("acc", "db_extra", "x=$fixed;none=$absent")
modparam("acc", "multi_leg_info", "src=$avp(s);dst=$avp(d)")
modparam("acc", "acc_extra_nullable", 1)
modparam("acc", "acc_sip_reason_column", "sip_reason")
modparam("acc", "time_mode", 1)`)
		s := h.Registry.Module("acc").State.(*state)
		h.Run(message, func(c *kemi.Ctx) {
			r := record{kind: &answered, to: 1 << toDatabase, msg: c.Msg, toTag: "b", code: "200", reason: "OK"}
			s.write(0, &r)
			c.Msg.Vars = new(route.Vars)
			c.Msg.Vars.AVP.Push(route.ClassURIFrom, "s", route.TextValue("1"))
			c.Msg.Vars.AVP.Push(route.ClassURIFrom, "s", route.NumValue(2))
			c.Msg.Vars.AVP.Push(route.ClassURIFrom, "d", route.TextValue("3"))
			r.swap = true
			s.write(0, &r)
		})
		h.Stop()
		equal(t, "rows", rows(t, d, "acc", "from_tag", "to_tag", "x", "none", "src", "dst"),
			"a|b|text|NULL|NULL|NULL|", "b|a|text|NULL|2|3|", "b|a|text|NULL|1|NULL|")
		r, err := d.Select(context.Background(), db.Query{Table: "acc", Columns: []string{"time_attr", "time_exten"}})
		if err != nil || time.Since(time.Unix(r[0].Int(0), 0)).Abs() > 10*time.Minute || r[0].Int(1) >= 1e6 {
			t.Error(r, err)
		}
	})
}

func TestRecordsWaitForTheDatabase(t *testing.T) {
	server, url := dbtest.Own(t)
	d := tables(t, url)
	h := start(t, url, "")
	server.Stop()
	ask := func(comment string) (result int) {
		h.Run(message, func(c *kemi.Ctx) {
			result = h.Call(c, "acc", "acc_db_request", kemi.Str(comment), kemi.Str("acc")).Int()
		})
		return result
	}
	for i := range 20 {
		if got := ask(fmt.Sprint(200+i, " kept")); got != 1 {
			t.Fatal("a record without a database:", got)
		}
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	h.Stop()
	got := rows(t, d, "acc", "sip_code")
	if len(got) != 20 || got[0] != "200|" || got[19] != "219|" {
		t.Errorf("%q", got)
	}
}

func TestWrongTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url)
		if err := d.Write(db.Update("version", []db.Col{{Name: "table_version", Value: 3}}, db.Eq("table_name", "missed_calls"))); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]string{
			"":                                       "version 3",
			`modparam("acc", "db_version_check", 0)`: "",
			`modparam("acc", "db_table_missed_calls", "m_$ru")`:  "$ru",
			`modparam("acc", "db_table_missed_calls", "nosuch")`: "nosuch",
		} {
			h, err := kemitest.New(t, `modparam("acc", "db_url", "`+url+`")`+"\n"+text, Module)
			if err != nil {
				t.Fatal(err)
			}
			err = h.Server.Start()
			if want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", text, err, want)
			}
			h.Stop()
		}
	})
}
