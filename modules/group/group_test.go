package group

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func member(user, domain, group string) db.Write {
	return db.Insert("grp", db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: domain}, db.Col{Name: "grp", Value: group})
}

func expression(text string, group int) db.Write {
	return db.Insert("re_grp", db.Col{Name: "reg_exp", Value: text}, db.Col{Name: "group_id", Value: group})
}

func tables(t *testing.T, url string, writes ...db.Write) *db.DB {
	t.Helper()
	d := dbtest.Tables(t, url, "grp", "re_grp")
	for _, w := range writes { // one by one: their order counts
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func param(name, value string) string {
	return fmt.Sprintf("modparam(\"group\", %q, %s)\n", name, value)
}

func start(t *testing.T, url, config string) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, param("db_url", `"`+url+`"`)+config, pv.Module, Module)
}

func isIn(h *kemitest.Host, uri, group string) (result int) {
	h.Run("", func(c *kemi.Ctx) { result = h.Call(c, "group", "is_user_in", kemi.Str(uri), kemi.Str(group)).Int() })
	return result
}

var members = []db.Write{member("alice", "home.example", "ld"), member("alice", "home.example", "int"), member("bob", "x.example", "ld"), member("", "home.example", "nobody"), member("+49", "", "tel")}

func TestMembers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url, members...)
		for config, domains := range map[string]bool{"": false, param("use_domain", "1"): true} {
			h := start(t, url, config)
			for _, tc := range []struct {
				uri, group string
				any, exact int // with use_domain 0 and 1
			}{
				{"sip:alice@home.example", "ld", 1, 1}, {"sips:alice:pw@home.example:99;a=b?c=d", "int", 1, 1}, {"sip:alice@home.example", "voicemail", -6, -6}, {"sip:bob@home.example", "ld", 1, -6},
				{"sip:bob@x.example", "ld", 1, 1}, {"sip:home.example", "nobody", -1, -1}, {"tel:+49", "tel", 1, 1}, {"sip:alice@home.example", "", -1, -1},
				{"From", "ld", -1, -1}, {"", "ld", -1, -1}, {"<sip:alice@home.example>", "ld", -1, -1}, {"alice", "ld", -1, -1}, {"sip:alice@home.example", "l'd", -6, -6},
			} {
				want := tc.any
				if domains {
					want = tc.exact
				}
				if got := isIn(h, tc.uri, tc.group); got != want {
					t.Errorf("%s in %q, domains %v: %d, want %d", tc.uri, tc.group, domains, got, want)
				}
			}
		}
		h := start(t, url, "")
		if err := d.Write(db.Exec("DROP TABLE grp")); err != nil {
			t.Fatal(err)
		}
		if got := isIn(h, "sip:alice@home.example", "ld"); got != -5 {
			t.Error("without the table:", got)
		}
	})
}

func TestExpressions(t *testing.T) {
	url := dbtest.SQLite(t)
	tables(t, url, expression("^sip:alice@", 10), expression("^sip:ALICE@", 11), expression("@home.example$", 20), expression("bob", 30))
	const message = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 OPTIONS\r\n\r\n"
	re := param("re_table", `"re_grp"`)
	for _, tc := range []struct {
		config, uri, variable string
		want                  int
		groups                string
	}{
		{re, "sip:alice@home.example", "$avp(g)", 3, "10 11 20"}, {re + param("multiple_gid", "0"), "sip:alice@home.example:5060;x=y", "$avp(g)", 1, "20"},
		{re, "sip:carol@x", "$avp(g)", -1, ""}, {re, "garbage", "$avp(g)", -1, ""}, {re, "sip:alice@home.example", "$ru", -1, ""}, {"", "sip:alice@home.example", "$avp(g)", -1, ""},
	} {
		h := start(t, url, tc.config)
		h.Run(message, func(c *kemi.Ctx) {
			got := h.Call(c, "group", "get_user_group", kemi.Str(tc.uri), kemi.Str(tc.variable)).Int()
			var groups []string
			for i := range c.Msg.AVPs().AVP.Count(route.ClassURIFrom, "g") {
				groups = append(groups, fmt.Sprint(c.Msg.AVPs().AVP.At(route.ClassURIFrom, "g", i).Value.Num))
			}
			if got != tc.want || strings.Join(groups, " ") != tc.groups {
				t.Errorf("%+v: %d %v", tc, got, groups)
			}
		})
	}
}

func TestWhatCannotStart(t *testing.T) {
	url := dbtest.SQLite(t)
	d := tables(t, url, expression("^sip:(alice@", 10))
	for _, tc := range []struct {
		config, want string
		write        db.Write
	}{
		{param("re_table", `"re_grp"`), `row 1: "^sip:(alice@"`, db.Exec("SELECT 1")},
		{param("re_table", `"nosuch"`), "nosuch", db.Exec("SELECT 1")},
		{"", "version 1", db.Update("version", []db.Col{{Name: "table_version", Value: 1}}, db.Eq("table_name", "grp"))},
	} {
		if err := d.Write(tc.write); err != nil {
			t.Fatal(err)
		}
		h, err := kemitest.New(t, param("db_url", `"`+url+`"`)+tc.config, Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.config, err)
		}
	}
}
