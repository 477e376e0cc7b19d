package alias_db

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func alias(user, domain, ofUser, ofDomain string) db.Write {
	return db.Insert("dbaliases", db.Col{Name: "alias_username", Value: user}, db.Col{Name: "alias_domain", Value: domain},
		db.Col{Name: "username", Value: ofUser}, db.Col{Name: "domain", Value: ofDomain})
}

var rows = []db.Write{
	alias("info", "home.example", "alice", "home.example"), alias("info", "other.example", "carol", "other.example"),
	alias("multi", "home.example", "m1", "home.example"), alias("multi", "home.example", "m2", "x.example"), alias("multi", "home.example", "m3", "home.example"),
}

// start makes the aliases and a server that knows them.
func start(t *testing.T, url, config string) (*kemitest.Host, *db.DB) {
	t.Helper()
	d := dbtest.Tables(t, url, "dbaliases")
	for _, w := range rows { // one by one: their order counts
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	return kemitest.Start(t, fmt.Sprintf("modparam(\"alias_db\", \"db_url\", %q)\n", url)+config, Module), d
}

func param(name, value string) string {
	return fmt.Sprintf("modparam(\"alias_db\", %q, %s)\n", name, value)
}

// lookup gives the result, and where the request goes afterwards.
func lookup(h *kemitest.Host, uri string, args ...string) (result int, targets string) {
	message := "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\n" +
		"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
	name := [...]string{"", "lookup", "lookup_ex"}[len(args)]
	values := make([]kemi.Value, len(args))
	for i, a := range args {
		values[i] = kemi.Str(a)
	}
	h.Run(message, func(c *kemi.Ctx) {
		result = h.Call(c, "alias_db", name, values...).Int()
		list := []string{c.Msg.CurrentURI()}
		for i := range c.Msg.Branches {
			list = append(list, c.Msg.Branches[i].URI)
		}
		targets = strings.Join(list, " ")
	})
	return result, targets
}

// question is one lookup with flags, or without; no target: it gives -1.
type question struct{ uri, flags, target string }

func (q question) check(t *testing.T, h *kemitest.Host) {
	t.Helper()
	args := []string{"dbaliases"}
	if q.flags != "" {
		args = append(args, q.flags)
	}
	want, target := 1, q.target
	if target == "" {
		want, target = -1, q.uri
	}
	if got, left := lookup(h, q.uri, args...); got != want || left != target {
		t.Errorf("%+v gives %d and goes to %s", q, got, left)
	}
}

func TestLookup(t *testing.T) {
	domains, prefix, branches := param("use_domain", "1"), param("domain_prefix", `"sip."`), param("append_branches", "1")
	for config, questions := range map[string][]question{
		"": {
			{"sip:info@home.example", "", "sip:alice@home.example"}, {"sip:info@third.example", "", "sip:alice@home.example"},
			{"sip:info:pw@home.example:5070;a=b?c=d", "", "sip:alice@home.example"}, {"tel:info", "", "sip:alice@home.example"},
			{"sip:none@home.example", "", ""}, {"sip:home.example", "", ""}, {"sip:multi@home.example", "", "sip:m1@home.example"},
			{"sip:in'fo@home.example", "", ""}, {"foo:bar", "", ""},
			{"sip:info@other.example", "u", "sip:carol@other.example"}, {"sip:info@third.example", "u", ""}, {"sip:info@third.example", "ud", "sip:alice@home.example"},
			{"sip:alice@x", "r", "sip:info@home.example"}, {"sip:alice@x", "ru", ""}, {"sip:carol@other.example", "UR", "sip:info@other.example"},
			{"sip:info@home.example", "x", "sip:alice@home.example"},
		},
		domains: {
			{"sip:info@other.example", "", "sip:carol@other.example"}, {"sip:info@third.example", "", ""},
			{"sip:info@third.example", "d", "sip:alice@home.example"}, {"sip:info@sip.home.example", "", ""},
		},
		domains + prefix: {{"sip:info@SIP.home.example", "", "sip:alice@home.example"}, {"sip:info@sip.", "", ""}},
		branches:         {{"sip:multi@home.example", "", "sip:m1@home.example sip:m2@x.example sip:m3@home.example"}, {"sip:multi@home.example", "r", ""}},
	} {
		dbtest.Each(t, func(t *testing.T, url string) {
			h, _ := start(t, url, config)
			for _, q := range questions {
				q.check(t, h)
			}
		})
	}
}

func TestOtherTables(t *testing.T) {
	h, d := start(t, dbtest.SQLite(t), "")
	for _, table := range []string{"nosuch", "", "db aliases", "dbaliases; DROP TABLE dbaliases", "`"} {
		if got, _ := lookup(h, "sip:info@home.example", table); got != -1 {
			t.Errorf("%q gives %d", table, got)
		}
	}
	if err := d.Write(db.Exec("CREATE TABLE other AS SELECT * FROM dbaliases"), db.Exec("DROP TABLE dbaliases")); err != nil {
		t.Fatal(err)
	}
	if got, left := lookup(h, "sip:info@home.example", "other"); got != 1 || left != "sip:alice@home.example" {
		t.Error(got, left)
	}
	if got, left := lookup(h, "sip:info@home.example", "dbaliases"); got != -1 || left != "sip:info@home.example" {
		t.Error(got, left)
	}
}

func TestColumns(t *testing.T) {
	h, d := start(t, dbtest.SQLite(t), param("user_column", `"u"`)+param("domain_column", `"d"`)+param("alias_user_column", `"au"`)+param("alias_domain_column", `"ad"`)+param("use_domain", "1"))
	if got, _ := lookup(h, "sip:info@home.example", "dbaliases"); got != -1 {
		t.Error("columns that do not exist:", got)
	}
	if err := d.Write(db.Exec("CREATE TABLE other (u TEXT, d TEXT, au TEXT, ad TEXT)"), db.Exec("INSERT INTO other VALUES ('alice', 'x', 'info', 'home.example'), (NULL, 'x', 'none', 'x'), ('a', NULL, 'none', 'x')")); err != nil {
		t.Fatal(err)
	}
	if got, left := lookup(h, "sip:info@home.example", "other"); got != 1 || left != "sip:alice@x" {
		t.Error(got, left)
	}
	if got, _ := lookup(h, "sip:none@x", "other"); got != -1 {
		t.Error("rows with NULL:", got)
	}
}

func TestWithoutAMessage(t *testing.T) {
	h, _ := start(t, dbtest.SQLite(t), "")
	h.Run("", func(c *kemi.Ctx) {
		if got := h.Call(c, "alias_db", "lookup", kemi.Str("dbaliases")).Int(); got != -1 {
			t.Error(got)
		}
	})
}
