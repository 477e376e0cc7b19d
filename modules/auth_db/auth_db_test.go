package auth_db

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/digest/digesttest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/auth"
	"github.com/moonroute/moonroute/modules/pv"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const realm = "r.example"

// subscriber is a row as kamctl adds it.
func subscriber(user, domain, password string) db.Write {
	return db.Insert("subscriber", db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: domain}, db.Col{Name: "password", Value: password},
		db.Col{Name: "ha1", Value: digest.MD5.HA1(user, realm, password)}, db.Col{Name: "ha1b", Value: digest.MD5.HA1(user+"@"+domain, realm, password)})
}

// start makes the subscribers and a server that knows them.
func start(t *testing.T, url, settings string) *kemitest.Host {
	t.Helper()
	d := dbtest.Tables(t, url, "subscriber")
	empty := db.Insert("subscriber", db.Col{Name: "username", Value: "dora"}, db.Col{Name: "domain", Value: realm})
	if err := d.Write(subscriber("alice", realm, "wonder"), subscriber("bob", "b.example", "builder"), subscriber("carol", realm, ""), empty); err != nil {
		t.Fatal(err)
	}
	return kemitest.Start(t, `modparam("auth_db", "db_url", "`+url+"\")\n"+settings, pv.Module, auth.Module, Module)
}

func message(method string, headers ...string) string {
	lines := []string{
		method + " sip:r.example SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "From: <sip:alice@r.example>;tag=1",
		"To: <sip:alice@r.example>", "Call-ID: 1", "CSeq: 1 " + method,
	}
	return strings.Join(append(lines, headers...), "\r\n") + "\r\n\r\n"
}

// request is a request of a user with credentials for a fresh challenge.
func request(t *testing.T, h *kemitest.Host, method, user, password string) (text string) {
	t.Helper()
	h.Run(message(method), func(c *kemi.Ctx) {
		h.Call(c, "auth", "auth_challenge", kemi.Str(realm), kemi.Int(1))
		answer := digesttest.Client{User: user, Password: password}.Answer(c.Msg.Answer.Headers[0], digesttest.Request{Method: method, URI: "sip:r.example"})
		text = message(method, "Proxy-Authorization: "+answer, "Authorization: "+answer)
	})
	return text
}

func call(h *kemitest.Host, c *kemi.Ctx, function string, args ...kemi.Value) int {
	return h.Call(c, "auth_db", function, args...).Int()
}

// account is somebody who tries to get in.
type account struct {
	user, password string
	want           int
}

func TestAccounts(t *testing.T) {
	for _, tc := range []struct {
		settings string
		accounts []account
	}{
		{"", []account{
			{"alice", "wonder", 1}, {"alice", "x", -2}, {"nobody", "wonder", -3}, {"alice@r.example", "wonder", 1}, {"sip:alice@r.example", "wonder", -2},
			{"bob", "builder", 1}, {"bob@b.example", "builder", 1}, {"bob@r.example", "builder", -2}, {"dora", "", -2},
		}},
		{"modparam(\"auth_db\", \"use_domain\", 1)\n", []account{
			{"alice", "wonder", 1}, {"bob", "builder", -3}, {"bob@b.example", "builder", 1}, {"alice@b.example", "wonder", -3},
		}},
		{"modparam(\"auth_db\", \"calculate_ha1\", 1)\nmodparam(\"auth_db\", \"password_column\", \"password\")\n", []account{
			{"alice", "wonder", 1}, {"alice", "x", -2}, {"alice@r.example", "wonder", 1}, {"carol", "", -2}, {"nobody", "", -3},
		}},
		{"modparam(\"auth_db\", \"calculate_ha1\", 1)\nmodparam(\"auth_db\", \"password_column\", \"password\")\nmodparam(\"auth\", \"algorithm\", \"SHA-256\")\n", []account{
			{"alice", "wonder", 1}, {"alice", "x", -2},
		}},
	} {
		dbtest.Each(t, func(t *testing.T, url string) {
			h := start(t, url, tc.settings)
			for _, a := range tc.accounts {
				h.Run(request(t, h, "MESSAGE", a.user, a.password), func(c *kemi.Ctx) {
					got := call(h, c, "proxy_authenticate", kemi.Str(realm), kemi.Str("subscriber"))
					if got != a.want || (c.Msg.Authorized != "") != (got == 1) {
						t.Errorf("%q: %s with %q: %d, want %d, user %q", tc.settings, a.user, a.password, got, a.want, c.Msg.Authorized)
					}
				})
			}
			if strings.Contains(h.Log(), "wonder") || strings.Contains(h.Log(), digest.MD5.HA1("alice", realm, "wonder")) {
				t.Error("a secret is in the log")
			}
		})
	}
}

func TestFunctions(t *testing.T) {
	h := start(t, dbtest.SQLite(t), "")
	alice, bob := [2]string{"alice", "wonder"}, [2]string{"bob", "builder"}
	table, none := kemi.Str("subscriber"), kemi.Str("")
	for _, tc := range []struct {
		who              [2]string
		method, function string
		args             []kemi.Value
		want             int
	}{
		{alice, "REGISTER", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(1)}, 1},
		{bob, "REGISTER", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(1)}, -8},
		{bob, "REGISTER", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(0)}, 1},
		{bob, "INVITE", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(1)}, -8},
		{bob, "INVITE", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(3)}, 1},
		{bob, "SUBSCRIBE", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(3)}, -8},
		{alice, "INVITE", "auth_check", []kemi.Value{kemi.Str("other"), table, kemi.Int(0)}, -5},
		{alice, "INVITE", "auth_check", []kemi.Value{none, table, kemi.Int(0)}, -1},
		{alice, "INVITE", "auth_check", []kemi.Value{kemi.Str(realm), none, kemi.Int(0)}, -1},
		{alice, "INVITE", "auth_check", []kemi.Value{kemi.Str(realm), kemi.Str("nosuch"), kemi.Int(0)}, -1},
		{alice, "ACK", "auth_check", []kemi.Value{none, none, kemi.Int(0)}, 1},
		{bob, "PRACK", "auth_check", []kemi.Value{kemi.Str(realm), table, kemi.Int(1)}, 1},
		{alice, "INVITE", "www_authenticate", []kemi.Value{kemi.Str(realm), table}, 1},
		{alice, "INVITE", "www_authenticate", []kemi.Value{none, table}, -1},
		{alice, "INVITE", "www_authenticate_method", []kemi.Value{kemi.Str(realm), table, kemi.Str("INVITE")}, 1},
		{alice, "INVITE", "www_authenticate_method", []kemi.Value{kemi.Str(realm), table, kemi.Str("MESSAGE")}, -2},
		{alice, "INVITE", "www_authenticate_method", []kemi.Value{kemi.Str(realm), table, none}, -1},
	} {
		h.Run(request(t, h, tc.method, tc.who[0], tc.who[1]), func(c *kemi.Ctx) {
			if got := call(h, c, tc.function, tc.args...); got != tc.want {
				t.Errorf("%s: %s %s%v: %d, want %d", tc.who[0], tc.method, tc.function, tc.args, got, tc.want)
			}
		})
	}
}

func TestIsSubscriber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		h := start(t, url, "modparam(\"auth_db\", \"load_credentials\", \"domain\")\n")
		for _, tc := range []struct {
			uri, table string
			flags      int
			want       int
			loaded     string
		}{
			{"sip:alice@x", "subscriber", 0, 1, realm}, {"sip:alice@x", "subscriber", 1, -2, ""}, {"sip:alice@r.example", "subscriber", 1, 1, realm},
			{"sip:alice@x", "subscriber", 2, 1, ""}, {"sip:nobody@x", "subscriber", 0, -2, ""}, {"", "subscriber", 0, -1, ""}, {"foo", "subscriber", 0, -1, ""},
			{"sip:alice@x", "", 0, -1, ""}, {"sip:alice@x", "nosuch", 0, -1, ""},
		} {
			h.Run(message("MESSAGE"), func(c *kemi.Ctx) {
				got := call(h, c, "is_subscriber", kemi.Str(tc.uri), kemi.Str(tc.table), kemi.Int(tc.flags))
				if loaded := read(t, h, c, "$avp(domain)").Text(); got != tc.want || loaded != tc.loaded {
					t.Errorf("%+v: %d, loaded %q", tc, got, loaded)
				}
			})
		}
	})
}

func read(t *testing.T, h *kemitest.Host, c *kemi.Ctx, name string) kemi.Value {
	t.Helper()
	v, err := h.Registry.Var(name)
	if err != nil {
		t.Fatal(err)
	}
	return v.Get(c)
}

// TestLoadCredentials loads columns into variables, on success or always.
func TestLoadCredentials(t *testing.T) {
	const load = "modparam(\"auth_db\", \"load_credentials\", \"$avp(i:12) = id; password;$xavp(c=>domain)=domain\")\n"
	for settings, afterFailure := range map[string]string{load: "", load + "modparam(\"auth_db\", \"force_generate_avps\", 1)\n": realm} {
		dbtest.Each(t, func(t *testing.T, url string) {
			h := start(t, url, settings)
			for password, want := range map[string]string{"wonder": realm, "x": afterFailure} {
				h.Run(request(t, h, "MESSAGE", "alice", password), func(c *kemi.Ctx) {
					call(h, c, "auth_check", kemi.Str(realm), kemi.Str("subscriber"), kemi.Int(0))
					if got := read(t, h, c, "$xavp(c=>domain)").Text(); got != want {
						t.Errorf("%q: %q, want %q", password, got, want)
					}
					if id := read(t, h, c, "$avp(i:12)"); want != "" && (id.Kind() != kemi.KindInt || id.Int() == 0 || read(t, h, c, "$avp(password)").Text() != "wonder") {
						t.Errorf("%q: the id is %v", password, id)
					}
				})
			}
		})
	}
}

// TestDatabaseIsLost stops the database's server: checks fail at once, and work again once it is back.
func TestDatabaseIsLost(t *testing.T) {
	server, url := dbtest.Own(t)
	h := start(t, url, "")
	text := request(t, h, "MESSAGE", "alice", "wonder")
	check := func() (got int) {
		h.Run(text, func(c *kemi.Ctx) {
			got = call(h, c, "auth_check", kemi.Str(realm), kemi.Str("subscriber"), kemi.Int(0))
		})
		return got
	}
	if got := check(); got != 1 {
		t.Fatal(got)
	}
	server.Stop()
	statistic := func(name string) int64 {
		e, _ := h.Stats.Get("db", name)
		return e.Value()
	}
	for statistic("lost") == 0 {
		if got := check(); got != -1 {
			t.Fatalf("while the database is lost: %d", got)
		}
	}
	asked := statistic("reads")
	for range 20 {
		if got := check(); got != -1 {
			t.Errorf("without a database: %d", got)
		}
	}
	if n := statistic("reads") - asked; n > 0 {
		t.Errorf("a lost database was asked %d times", n)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); check() != 1; {
		if time.Now().After(end) {
			t.Fatal("the database is not used again")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestVersionOfTheTable(t *testing.T) {
	url := dbtest.SQLite(t)
	d := dbtest.Tables(t, url, "subscriber")
	begin := func(settings string) (string, error) {
		h, err := kemitest.New(t, `modparam("auth_db", "db_url", "`+url+"\")\n"+settings, pv.Module, auth.Module, Module)
		if err != nil {
			return "", err
		}
		defer h.Stop()
		return h.Log(), h.Server.Start()
	}
	if _, err := begin(""); err != nil {
		t.Error(err)
	}
	if err := d.Write(db.Update("version", []db.Col{{Name: "table_version", Value: 6}}, db.Eq("table_name", "subscriber"))); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(""); err == nil || !strings.Contains(err.Error(), "version 6") {
		t.Error(err)
	}
	if _, err := begin("modparam(\"auth_db\", \"version_table\", 0)\n"); err != nil {
		t.Error(err)
	}
	if err := d.Write(db.Delete("version")); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(""); err != nil {
		t.Error("a table whose version is not recorded:", err)
	}
}

func TestRefusedSettings(t *testing.T) {
	for setting, want := range map[string]string{
		`"load_credentials", "$ci=x"`: "can be set", `"load_credentials", "$avp(x)="`: "can be set", `"load_credentials", "$nosuch(x)=y"`: "not a pseudo-variable",
		`"db_url", "nonsense"`: "sqlite://",
	} {
		h, err := kemitest.New(t, `modparam("auth_db", "db_url", "`+dbtest.SQLite(t)+"\")\nmodparam(\"auth_db\", "+setting+")\n", pv.Module, auth.Module, Module)
		if err == nil {
			err = h.Server.Start()
			h.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

// BenchmarkAuthCheck is a whole check with the embedded database.
func BenchmarkAuthCheck(b *testing.B) {
	url := dbtest.SQLite(b)
	if err := dbtest.Tables(b, url, "subscriber").Write(subscriber("alice", realm, "wonder")); err != nil {
		b.Fatal(err)
	}
	h := kemitest.Start(b, `modparam("auth_db", "db_url", "`+url+"\")\n", pv.Module, auth.Module, Module)
	var challenge string
	h.Run(message("MESSAGE"), func(c *kemi.Ctx) {
		h.Call(c, "auth", "auth_challenge", kemi.Str(realm), kemi.Int(1))
		challenge = c.Msg.Answer.Headers[0]
	})
	answer := digesttest.Client{User: "alice", Password: "wonder"}.Answer(challenge, digesttest.Request{Method: "MESSAGE", URI: "sip:r.example"})
	b.ReportAllocs()
	h.Run(message("MESSAGE", "Proxy-Authorization: "+answer), func(c *kemi.Ctx) {
		for b.Loop() {
			if got := call(h, c, "auth_check", kemi.Str(realm), kemi.Str("subscriber"), kemi.Int(1)); got != 1 {
				b.Fatal(got)
			}
		}
	})
}
