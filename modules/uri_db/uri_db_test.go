package uri_db

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

func user(name, domain string) db.Write {
	return db.Insert("subscriber", db.Col{Name: "username", Value: name}, db.Col{Name: "domain", Value: domain})
}

func mayUse(name, domain, other string) db.Write {
	return db.Insert("uri", db.Col{Name: "username", Value: name}, db.Col{Name: "domain", Value: domain}, db.Col{Name: "uri_user", Value: other})
}

const home = "home.example"

func tables(t *testing.T, url string) *db.DB {
	t.Helper()
	d := dbtest.Tables(t, url, "subscriber", "uri")
	if err := d.Write(user("alice", home), user("bob", home), user("bob", "x.example"), mayUse("alice", home, "alice"), mayUse("alice", home, "ali"), mayUse("bob", "x.example", "bobby")); err != nil {
		t.Fatal(err)
	}
	return d
}

func param(name, value string) string {
	return fmt.Sprintf("modparam(\"uri_db\", %q, %s)\n", name, value)
}

var uriTable = param("use_uri_table", "1") + param("db_table", `"uri"`)

func start(t *testing.T, url, config string) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, param("db_url", `"`+url+`"`)+config, Module)
}

func message(uri, from, to string, headers ...string) string {
	return "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: " + from + ";tag=a\r\nTo: " + to +
		"\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n" + strings.Join(headers, "") + "Content-Length: 0\r\n\r\n"
}

func plain(uri string) string { return message(uri, "<sip:a@b>", "<sip:c@d>") }

// call runs a function on a message whose credentials of a user of home have been checked; empty: none.
func call(h *kemitest.Host, message, authorized, function string, args ...string) (result int) {
	values := make([]kemi.Value, len(args))
	for i, a := range args {
		values[i] = kemi.Str(a)
	}
	h.Run(message, func(c *kemi.Ctx) {
		if c.Msg != nil {
			if c.Msg.Authorized = authorized; authorized != "" {
				c.Msg.AuthRealm = home
			}
		}
		result = h.Call(c, "uri_db", function, values...).Int()
	})
	return result
}

func TestExistence(t *testing.T) {
	for _, tc := range []struct {
		config string
		want   map[string]int
	}{
		{"", map[string]int{"sip:alice@home.example": 1, "sip:bob@y.example:99;a=b": 1, "sip:ali@home.example": -5, "sip:home.example": -5, "tel:alice": 1, "foo:bar": -1}},
		{param("use_domain", "1"), map[string]int{"sip:alice@home.example": 1, "sip:bob@y.example": -5, "tel:alice": -5}},
		{uriTable, map[string]int{"sip:alice@home.example": 1, "sip:ali@x": 1, "sip:bob@home.example": -5}},
		{uriTable + param("use_domain", "1"), map[string]int{"sip:ali@home.example": 1, "sip:ali@x": -5}},
	} {
		dbtest.Each(t, func(t *testing.T, url string) {
			tables(t, url)
			h := start(t, url, tc.config)
			for uri, want := range tc.want {
				if got := call(h, plain(uri), "", "does_uri_exist"); got != want {
					t.Errorf("%q %s: %d, want %d", tc.config, uri, got, want)
				}
			}
		})
	}
}

func TestRealms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url)
		names, table := start(t, url, ""), start(t, url, uriTable)
		for _, tc := range []struct {
			uri, user, realm string
			byName, byTable  int
		}{
			{"sip:alice@home.example", "alice", home, 1, 1}, {"sip:alice@y.example", "alice", home, 1, 1}, {"sip:ali@home.example", "alice", home, -10, 1},
			{"sip:bobby@x.example", "bob", "x.example", -10, 1}, {"sip:bobby@x.example", "bob", home, -10, -9}, {"sip:alice@home.example", "bob", home, -10, -9},
			{"tel:alice", "alice", home, 1, 1}, {"sip:home.example", "alice", home, -4, -4}, {"garbage", "alice", home, -1, -1}, {"", "alice", home, -1, -1},
			{"sip:alice@home.example", "", home, -2, -2}, {"sip:alice@home.example", "alice", "", -2, -2},
		} {
			if got := call(names, plain("sip:x@y"), "", "check_uri_realm", tc.uri, tc.user, tc.realm); got != tc.byName {
				t.Errorf("%+v by name: %d", tc, got)
			}
			if got := call(table, plain("sip:x@y"), "", "check_uri_realm", tc.uri, tc.user, tc.realm); got != tc.byTable {
				t.Errorf("%+v by table: %d", tc, got)
			}
		}
		if got := call(names, plain("sip:x@y"), "", "check_uri_realm", "sip:alice@x", "ALICE", home); got != 1 {
			t.Error("users in any case:", got)
		}
		if err := d.Write(db.Exec("DROP TABLE uri"), db.Exec("DROP TABLE subscriber")); err != nil {
			t.Fatal(err)
		}
		if got := call(table, plain("sip:x@y"), "", "check_uri_realm", "sip:ali@x", "alice", home); got != -8 {
			t.Error("without the table:", got)
		}
		if got := call(names, plain("sip:x@y"), "", "does_uri_exist"); got != -4 {
			t.Error("without the table:", got)
		}
	})
}

func TestCredentials(t *testing.T) {
	url := dbtest.SQLite(t)
	tables(t, url)
	names, table := start(t, url, ""), start(t, url, uriTable)
	of := func(header, user, realm string) string {
		return header + `: Digest username="` + user + `", realm="` + realm + `", nonce="n", uri="sip:x", response="0123456789abcdef0123456789abcdef"` + "\r\n"
	}
	digest := func(header, user string) string { return of(header, user, home) }
	for _, tc := range []struct {
		header, authorized string
		from               string
		byName, byTable    int
	}{
		{digest("Authorization", "alice"), "alice", "<sip:alice@home.example>", 1, 1}, {digest("Proxy-Authorization", "alice@home.example"), "alice", "<sip:ali@home.example>", -10, 1},
		{digest("Authorization", "alice"), "alice", "<sip:bob@home.example>", -10, -9}, {digest("Authorization", "alice"), "alice", "<sip:home.example>", -4, -4},
		{digest("Authorization", "alice"), "alice", "garbage garbage", -1, -1}, {digest("Authorization", "alice"), "alice", "<foo:bar>", -1, -1},
		{digest("Authorization", "alice"), "", "<sip:alice@home.example>", -2, -2}, {"", "", "<sip:alice@home.example>", -2, -2},
		{digest("Authorization", "bob") + "Authorization: Digest broken=\"\r\n" + digest("Authorization", "alice"), "alice", "<sip:alice@home.example>", 1, 1},
		// Credentials that nobody has checked do not make bob of home the one of another realm.
		{of("Authorization", "bob", "x.example") + digest("Proxy-Authorization", "bob"), "bob", "<sip:bobby@x.example>", -10, -9},
	} {
		for function, m := range map[string]string{"check_from": message("sip:x@y", tc.from, "<sip:c@d>", tc.header), "check_to": message("sip:x@y", "<sip:c@d>", tc.from, tc.header)} {
			byName, byTable := call(names, m, tc.authorized, function), call(table, m, tc.authorized, function)
			if byName != tc.byName || byTable != tc.byTable {
				t.Errorf("%s %+v: %d %d", function, tc, byName, byTable)
			}
		}
		uri := strings.Trim(tc.from, "<>")
		if got := call(names, message("sip:x@y", "<sip:c@d>", "<sip:c@d>", tc.header), tc.authorized, "check_uri", uri); got != tc.byName {
			t.Errorf("check_uri %+v: %d", tc, got)
		}
	}
}

func TestWithoutADatabase(t *testing.T) {
	h := start(t, "", "")
	if got := call(h, plain("sip:alice@home.example"), "", "does_uri_exist"); got != -1 {
		t.Error(got)
	}
	if got := call(h, plain("sip:x@y"), "", "check_uri_realm", "sip:alice@x", "alice", home); got != 1 {
		t.Error(got)
	}
	table := start(t, "", uriTable)
	if got := call(table, plain("sip:x@y"), "", "check_uri_realm", "sip:alice@x", "alice", home); got != -8 {
		t.Error(got)
	}
	for _, function := range []string{"check_to", "check_from", "does_uri_exist"} {
		if got := call(h, "", "", function); got != -1 {
			t.Errorf("%s without a message: %d", function, got)
		}
	}
}

func TestVersions(t *testing.T) {
	url := dbtest.SQLite(t)
	tables(t, url)
	for config, want := range map[string]string{param("db_table", `"uri"`): "version 1", param("use_uri_table", "1"): "version 7"} {
		h, err := kemitest.New(t, param("db_url", `"`+url+`"`)+config, Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", config, err)
		}
	}
}
