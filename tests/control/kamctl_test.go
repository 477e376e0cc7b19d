package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/account"
	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/db/schema"
	"github.com/moonroute/moonroute/tests/inproc"
)

const kamctlConfig = `debug=1
listen=udp:127.0.0.1:@PORT@
alias="example.com"
loadmodule "pv.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "jsonrpcs.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "domain.so"
loadmodule "permissions.so"
loadmodule "app_lua.so"
modparam("jsonrpcs", "transport", 2)
modparam("jsonrpcs", "fifo_name", "@HOME@/rpc.fifo")
modparam("usrloc", "preload", "location")
modparam("usrloc", "preload", "aliases")
modparam("usrloc", "use_domain", 1)
modparam("usrloc", "db_mode", 1)
modparam("usrloc|domain|permissions", "db_url", "mysql://kamailio:kamailiorw@127.0.0.1:@DBPORT@/kamailio")
modparam("permissions", "db_mode", 1)
modparam("permissions", "reload_delta", 0)
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// kamctlRC is what an operator of Kamailio writes for its tools.
const kamctlRC = `SIP_DOMAIN=example.com
DBENGINE=MYSQL
DBHOST=127.0.0.1
DBPORT=%d
DBNAME=kamailio
DBRWPW=kamailiorw
DBROOTPWSKIP=yes
CHARSET=latin1
INSTALL_EXTRA_TABLES=yes
INSTALL_PRESENCE_TABLES=yes
INSTALL_DBUID_TABLES=yes
RPCFIFOPATH=%s/rpc.fifo
`

// kamctlWorld is a server of ours, a database that kamdbctl made, and the tools of the
// incumbent set up for both.
type kamctlWorld struct {
	db   *db.DB
	home []string
	port string
}

// need skips a test where a part of the incumbent's packages is not installed.
func need(t *testing.T, folder string, programs ...string) {
	t.Helper()
	if _, err := os.Stat(folder); err != nil {
		t.Skip("left out: ", err)
	}
	for _, p := range append(programs, "kamctl", "kamdbctl") {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip("left out: ", err)
		}
	}
}

func startKamctl(t *testing.T) *kamctlWorld {
	need(t, "/usr/share/kamailio/mysql", "mysql")
	maria, err := dbtest.NewServerWithAccounts(t.TempDir())
	if errors.Is(err, dbtest.ErrMissing) {
		t.Skip("left out: " + err.Error())
	}
	if err == nil {
		err = maria.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(maria.Kill)
	home, port := t.TempDir(), inproc.FreePort(t)
	w := &kamctlWorld{port: port, home: []string{"HOME=" + home, "TERM=xterm"}}
	if err := os.WriteFile(filepath.Join(home, ".kamctlrc"), fmt.Appendf(nil, kamctlRC, maria.Port, home), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, w.home, "kamdbctl", "create"); !strings.Contains(got, "Extra tables successfully created") {
		t.Fatalf("kamdbctl create prints\n%s", got)
	}
	if w.db, err = db.Open(maria.URL("kamailio"), db.DefaultOptions()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() }) // the server is killed anyway
	if list, err := schema.Check(context.Background(), w.db); err != nil || len(list) > 0 {
		t.Errorf("the database that kamdbctl made: %v, %v", list, err)
	}
	// With the version that kamdbctl writes usrloc refuses the table aliases, the incumbent's too.
	if _, err := schema.Upgrade(context.Background(), w.db); err != nil {
		t.Fatal(err)
	}
	inproc.Start(t, inproc.Options{
		Config: strings.NewReplacer("@PORT@", port, "@DBPORT@", strconv.Itoa(maria.Port), "@HOME@", home).Replace(kamctlConfig),
		Files:  []inproc.File{{Name: "routes.lua", Text: "function ksr_request_route() KSR.sl.send_reply(200, 'OK') end\n"}},
	})
	return w
}

// kamctlSession is what an operator does, in this order. A word after a ! is not printed.
var kamctlSession = []struct{ command, want string }{
	{"add alice@example.com secret", "new user 'alice@example.com' added"},
	{"add bob secret", "new user 'bob' added"},
	{"passwd alice s3cret", "password change succeeded"},
	{"show alice", "ha1: d2d0c8958e1b1c2b989afda0efb9663e"},
	{"acl grant alice local", "local"},
	{"acl show alice", "local"},
	{"acl revoke alice local", "!local"},
	{"alias_db add 1234@example.com alice@example.com", ""},
	{"alias_db show 1234@example.com", "alice@example.com"},
	{"ul add alice sip:alice@127.0.0.1:5090", `"jsonrpc"`},
	{"ul show", "sip:alice@127.0.0.1:5090"},
	{"ul show alice", "sip:alice@127.0.0.1:5090"},
	{"ul show alice", "!Path\":\t\".\""},
	{"ul show --brief", "alice@example.com"},
	{"online", "alice@example.com"},
	{"ul rm alice sip:alice@127.0.0.1:5090", `"result"`},
	{"ul show", "!sip:alice@127.0.0.1:5090"},
	{"ul add alice sip:alice@127.0.0.1:5090 3600", `"jsonrpc"`},
	{"db show location", "sip:alice@127.0.0.1:5090"},
	{"ul rm alice", `"result"`},
	{"db show location", "!sip:alice@127.0.0.1:5090"},
	{"alias add 5678 sip:alice@example.com", `"jsonrpc"`},
	{"alias show 5678", "sip:alice@example.com"},
	{"alias rm 5678", `"result"`},
	{"monitor 1", "rcv_requests = 0"},
	{"ps", "shard 0"},
	{"psa", "shard 0"},
	{"uptime", "up_since"},
	{"stats", "core:rcv_requests = 0"},
	{"stats shmem", "shmem:"},
	{"ping sip:127.0.0.1:@PORT@", "200"},
	{"srv sockets", "127.0.0.1"},
	{"srv aliases", "example.com"},
	{"srv rpclist", "ul.dump"},
	{"srv debug", "1"},
	{"srv debug 2", "2"},
	{"srv modules", "usrloc"},
	{"srv version", "moonroute"},
	{"rpc core.echo a", `"a"`},
	{"domain add example.org", "execute"},
	{"domain reload", `"result"`},
	{"domain show", "example.org"},
	{"address add 1 192.0.2.0 24 0 lan", "execute"},
	{"address reload", `"result"`},
	{"address dump", "192.0.2.0"},
	{"trusted add 192.0.2.7 udp ^sip:.* peer", "execute"},
	{"trusted reload", `"result"`},
	{"trusted dump", "192.0.2.7"},
	{"speeddial add alice@example.com 12@example.com sip:bob@example.com Bob", ""},
	{"dispatcher add 1 sip:127.0.0.1:5070 0 0 '' first", ""},
	{"db show version", "subscriber"},
	{"rm bob", ""},
	{"show bob", "!bob"},
}

func TestKamctl(t *testing.T) {
	w := startKamctl(t)
	for _, c := range kamctlSession {
		got := run(t, w.home, "kamctl", strings.Fields(strings.ReplaceAll(c.command, "@PORT@", w.port))...)
		word, absent := strings.CutPrefix(c.want, "!")
		if strings.Contains(got, word) == absent || strings.Contains(got, `"error"`) || strings.Contains(got, "ERROR") {
			t.Errorf("kamctl %s prints %s\nwant %q", c.command, got, c.want)
		}
	}
}

func TestMain(m *testing.M) { dbtest.Main(m) }

// TestKamdbctlSQLite checks the file that kamdbctl makes, and reads the user that kamctl adds.
func TestKamdbctlSQLite(t *testing.T) {
	need(t, "/usr/share/kamailio/db_sqlite", "sqlite3")
	home := t.TempDir()
	path := filepath.Join(home, "kamailio.db")
	rc := "SIP_DOMAIN=example.com\nDBENGINE=SQLITE\nDB_PATH=" + path + "\nINSTALL_EXTRA_TABLES=yes\nINSTALL_PRESENCE_TABLES=yes\nINSTALL_DBUID_TABLES=yes\n"
	if err := os.WriteFile(filepath.Join(home, ".kamctlrc"), []byte(rc), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HOME=" + home}
	run(t, env, "kamdbctl", "create")
	run(t, env, "kamctl", "add", "alice", "secret")
	d, err := db.Open("sqlite://"+path, db.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if list, err := schema.Check(context.Background(), d); err != nil || len(list) > 0 {
		t.Errorf("the file that kamdbctl made: %v, %v", list, err)
	}
	u, err := account.Store{DB: d}.User(context.Background(), account.Name{User: "alice", Domain: "example.com"})
	if err != nil || !u.Plain || !u.HA1 {
		t.Errorf("the user that kamctl added: %+v, %v", u, err)
	}
}
