//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

const (
	distributionConfig = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi.cfg"
	distributionTables = "/usr/share/kamailio/mysql"
)

// columns are what the configuration says its tables need beyond the usual ones.
const columns = `ALTER TABLE %[1]s ADD COLUMN src_user VARCHAR(64) NOT NULL DEFAULT '', ADD COLUMN src_domain VARCHAR(128) NOT NULL DEFAULT '',
	ADD COLUMN src_ip VARCHAR(64) NOT NULL DEFAULT '', ADD COLUMN dst_ouser VARCHAR(64) NOT NULL DEFAULT '',
	ADD COLUMN dst_user VARCHAR(64) NOT NULL DEFAULT '', ADD COLUMN dst_domain VARCHAR(128) NOT NULL DEFAULT ''`

// distributionDatabase is a MariaDB with the tables as kamdbctl makes them, and two users.
func distributionDatabase(t *testing.T) (string, *db.DB) {
	t.Helper()
	need(t, distributionConfig, distributionTables)
	url := dbtest.MariaDB(t)
	d, err := db.Open(url, db.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for _, name := range []string{"standard", "acc", "auth_db", "usrloc", "permissions"} {
		for text := range strings.SplitSeq(read(t, filepath.Join(distributionTables, name+"-create.sql")), ";\n") {
			if text = strings.TrimSpace(text); text != "" {
				execute(t, d, text)
			}
		}
	}
	execute(t, d, fmt.Sprintf(columns, "acc"))
	execute(t, d, fmt.Sprintf(columns, "missed_calls"))
	for _, user := range []string{"caller", "callee", "busy"} {
		execute(t, d, "INSERT INTO subscriber (username, domain, password) VALUES (?, 'example.test', 'secret')", user)
	}
	return url, d
}

func execute(t *testing.T, d *db.DB, text string, args ...any) {
	t.Helper()
	if err := d.Write(db.Exec(text, args...)); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// startDistribution runs the distribution's configuration with its Lua script as shipped: only
// the line that defines WITH_NAT is taken out, and paths are set. What a site has of its own
// stands in kamailio-local.cfg, as the file provides.
func startDistribution(t *testing.T, url string) *server {
	t.Helper()
	s := &server{dir: t.TempDir(), addr: "127.0.0.1:" + strconv.Itoa(freePort(t))}
	_, port, _ := net.SplitHostPort(s.addr)
	cfg := strings.NewReplacer(
		"#!define WITH_NAT\n", "",
		"/usr/local/etc/kamailio/kamailio-basic-kemi-lua.lua", basicScript,
		`# modparam("jsonrpcs", "fifo_name", "/run/kamailio/kamailio_rpc.fifo")`, `modparam("jsonrpcs", "fifo_name", "`+s.dir+`/fifo")`,
		`# modparam("jsonrpcs", "dgram_socket", "/run/kamailio/kamailio_rpc.sock")`, `modparam("jsonrpcs", "dgram_socket", "`+s.dir+`/rpc")`,
		`#modparam("ctl", "binrpc", "unix:/run/kamailio/kamailio_ctl")`, `modparam("ctl", "binrpc", "`+s.control()+`")`,
	).Replace(read(t, distributionConfig))
	write(t, s.dir+"/kamailio.cfg", cfg)
	write(t, s.dir+"/kamailio-local.cfg", fmt.Sprintf("#!define DBURL %q\nlisten=udp:127.0.0.1:%s\nlisten=tcp:127.0.0.1:%s\nalias=\"example.test\"\nauto_aliases=no\n", url, port, port))
	s.process = spawn(t, s.dir, command[0], append(command[1:], "-f", s.dir+"/kamailio.cfg", "-A", "WITH_CFGLUA", "-DD", "-E")...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", tail(s.output.String(), 40))
		}
	})
	eventually(t, "the server listens", func() bool { return s.listens(t) })
	return s
}

// sipp runs a calling scenario to its end, where all calls must succeed.
func (s *server) sipp(t *testing.T, scenario string, calls int, more ...string) {
	t.Helper()
	args := append([]string{s.addr, "-m", strconv.Itoa(calls), "-r", "20", "-timeout", "120", "-timeout_error"}, more...)
	out, code := run(t, patience*4, s.dir, "sipp", s.sippArgs(t, scenario, "u1", args...)...)
	if done, failed := sippCalls(t, out); code != 0 || failed != 0 || done != calls {
		t.Fatalf("%s: exit %d, %d done, %d failed\n%s%s", scenario, code, done, failed, tail(out, 40), s.sippErrors())
	}
}

// refused is a registration that is asked for credentials again instead of being accepted.
func (s *server) refused(t *testing.T) string {
	t.Helper()
	path := s.dir + "/refused.xml"
	write(t, path, strings.Replace(read(t, "sipp/register-auth.xml"), `<recv response="200" response_txn="answered"/>`, `<recv response="401" response_txn="answered"/>`, 1))
	return path
}

func TestDistributionWithMariaDB(t *testing.T) {
	need(t, "sipp")
	url, d := distributionDatabase(t)
	s := startDistribution(t, url)
	const calls = 20

	_, talking := s.answer(t, "u1")
	_, busy := s.answerWith(t, "busy.xml", "u1")
	register := func(scenario, user, at, password string) {
		s.sipp(t, scenario, 1, "-key", "user", user, "-key", "uas", at, "-au", user, "-ap", password)
	}
	register("register-auth.xml", "callee", talking, "secret")
	register("register-auth.xml", "busy", busy, "secret")
	register(s.refused(t), "callee", talking, "wrong")
	s.sipp(t, "call-auth.xml", calls, "-key", "user", "callee", "-au", "caller", "-ap", "secret")
	s.sipp(t, "call-auth-busy.xml", calls, "-key", "user", "busy", "-au", "caller", "-ap", "secret")

	const who = "SELECT count(*) FROM %s WHERE method=? AND sip_code=? AND src_user='caller' AND src_domain='example.test' AND src_ip='127.0.0.1' AND dst_ouser=?"
	for _, want := range []struct {
		table, method, code, user string
	}{
		{"acc", "INVITE", "200", "callee"}, {"acc", "BYE", "200", "callee"},
		{"missed_calls", "INVITE", "486", "busy"},
	} {
		eventually(t, fmt.Sprintf("%+v is accounted", want), func() bool {
			return number(t, d, fmt.Sprintf(who, want.table), want.method, want.code, want.user) == calls
		})
	}
	if n := number(t, d, "SELECT count(*) FROM missed_calls"); n != calls {
		t.Errorf("%d missed calls, want %d", n, calls)
	}
	if code := s.stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
	if n := number(t, d, "SELECT count(*) FROM location WHERE expires > now()"); n != 2 {
		t.Errorf("%d contacts are kept, want 2", n)
	}
}

func number(t *testing.T, d *db.DB, text string, args ...any) int {
	t.Helper()
	r, err := d.Read(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return int(r.Rows[0].Int(0))
}
