package userblocklist

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func userRow(user, domain string, prefix any, allow int) db.Write {
	return db.Insert("userblocklist", db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: domain},
		db.Col{Name: "prefix", Value: prefix}, db.Col{Name: "allowlist", Value: allow})
}

func globalRow(prefix string, allow int) db.Write {
	return db.Insert("globalblocklist", db.Col{Name: "prefix", Value: prefix}, db.Col{Name: "allowlist", Value: allow})
}

// startDatabase makes a host whose lists are in a database.
func startDatabase(t *testing.T, url, config string) (*kemitest.Host, *db.DB) {
	t.Helper()
	d := dbtest.Tables(t, url, "standard", "userblocklist")
	err := d.Write(userRow("alice", "h", "493", 0), userRow("alice", "h", "4930", 1), userRow("alice", "other", "494", 0),
		userRow("alice", "h", "1", 7), userRow("bob", "", "493", 0), userRow("carol", "h", "", 0),
		globalRow("49", 0), globalRow("493", 1), globalRow("abc", 0), globalRow("1", 2))
	if err != nil {
		t.Fatal(err)
	}
	return kemitest.Start(t, "modparam(\"userblocklist\", \"db_url\", \""+url+"\")\n"+config, Module), d
}

// checks are calls with the results that the incumbent gives for the rows above.
var checks = []struct {
	user, domain, number, table  string
	blocked, allowed, withDomain int
}{
	{"alice", "h", "49301", "", 1, 1, 1},
	{"alice", "h", "493", "", -1, -1, -1},
	{"alice", "h", "494", "", -1, -1, 1},
	{"alice", "other", "493", "", -1, -1, 1},
	{"alice", "h", "1", "", 1, 1, 1},
	{"alice", "h", "+49", "", 1, -1, 1},
	{"alice", "h", "4930 1", "", 1, 1, 1},
	{"bob", "h", "493", "", -1, -1, 1},
	{"bob", "", "493", "", -1, -1, -1},
	{"", "h", "493", "", 1, -1, 1},
	{"carol", "h", "7", "", -1, -1, -1},
	{"carol", "h", "", "", -1, -1, -1},
	{"alice", "h", "493", "nosuch", -1, -1, -1},
	{"alice", "h", "493", "userblocklist", -1, -1, -1},
}

func TestUsersInADatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		for _, domains := range []bool{false, true} {
			config := ""
			if domains {
				config = `modparam("userblocklist", "use_domain", 1)`
			}
			h, d := startDatabase(t, url, config)
			h.Run("", func(c *kemi.Ctx) {
				for _, tc := range checks {
					suffix, args := "_number", []kemi.Value{kemi.Str(tc.user), kemi.Str(tc.domain), kemi.Str(tc.number)}
					if tc.table != "" {
						suffix, args = "_table", append(args, kemi.Str(tc.table))
					}
					if domains {
						if got := h.Call(c, "userblocklist", "check_user_blocklist"+suffix, args...); got.Int() != tc.withDomain {
							t.Errorf("%+v with domains is %d", tc, got.Int())
						}
						continue
					}
					if got := h.Call(c, "userblocklist", "check_user_blocklist"+suffix, args...); got.Int() != tc.blocked {
						t.Errorf("%+v blocked is %d", tc, got.Int())
					}
					if got := h.Call(c, "userblocklist", "check_user_allowlist"+suffix, args...); got.Int() != tc.allowed {
						t.Errorf("%+v allowed is %d", tc, got.Int())
					}
				}
			})
			h.Stop()
			if err := d.Write(db.Delete("userblocklist"), db.Delete("globalblocklist")); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestEverybodyInADatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		h, d := startDatabase(t, url, "")
		check := func(number string, blocked, allowed int) {
			t.Helper()
			h.Run(invite(number), func(c *kemi.Ctx) {
				if got := h.Call(c, "userblocklist", "check_global_blocklist"); got.Int() != blocked {
					t.Errorf("%s blocked is %d", number, got.Int())
				}
				if got := h.Call(c, "userblocklist", "check_allowlist", kemi.Str("globalblocklist")); got.Int() != allowed {
					t.Errorf("%s allowed is %d", number, got.Int())
				}
			})
		}
		check("49301", 1, 1)
		check("494", -1, -1)
		check("abc49", -1, -1)
		check("1", 1, 1)
		check("5", 1, -1)
		ask := func(want string) {
			t.Helper()
			if got := h.RPC(`{"jsonrpc":"2.0","method":"userblocklist.reload_blocklist","params":[],"id":1}`); !strings.Contains(got, want) {
				t.Error(got)
			}
		}
		if err := d.Write(globalRow("5", 0)); err != nil {
			t.Fatal(err)
		}
		check("5", 1, -1)
		ask("200 ok")
		check("5", -1, -1)
		if err := d.Write(db.Exec("DROP TABLE globalblocklist")); err != nil {
			t.Fatal(err)
		}
		ask("Reload failed")
		check("5", -1, -1)
	})
}
