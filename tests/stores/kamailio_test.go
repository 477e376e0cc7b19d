package stores

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/freeport"
)

// sharedConfig is a registrar's configuration that Kamailio and this server both run.
func sharedConfig(mode int, url, more string) string {
	// An absolute path has a slash more in Kamailio's URL.
	url = strings.Replace(url, "sqlite:///", "sqlite:////", 1)
	return fmt.Sprintf(`children=1
tcp_children=1
loadmodule "db_sqlite.so"
loadmodule "db_mysql.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "preload", "location")
modparam("usrloc", "timer_interval", 1)
modparam("usrloc", "nat_bflag", 6)
modparam("usrloc", "xavp_contact", "kept")
modparam("usrloc", "db_mode", %d)
modparam("usrloc", "db_url", %q)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 0)
modparam("registrar", "outbound_mode", 1)
modparam("registrar", "received_avp", "$avp(RECEIVED)")
%s`, mode, url, more)
}

const sharedScript = `
function ksr_request_route()
	if KSR.pv.get("$rm") == "REGISTER" then
		if KSR.hdr.is_present("X-Nat") > 0 then
			KSR.setbflag(6)
			KSR.pv.sets("$avp(RECEIVED)", "sip:192.0.2.77:4040;transport=udp")
		end
		if KSR.hdr.is_present("X-Attr") > 0 then
			KSR.pv.sets("$xavp(kept=>color)", "red")
			KSR.pv.seti("$xavp(kept[0]=>size)", 42)
		end
		KSR.registrar.save("location", 0)
		return 1
	end
	local r = KSR.registrar.lookup("location")
	KSR.sl.sl_send_reply(200, tostring(r) .. " " .. tostring(KSR.pv.get("$ru")) .. " " .. tostring(KSR.pv.get("$du"))
		.. " " .. tostring(KSR.pv.get("$xavp(kept=>color)")) .. " " .. tostring(KSR.pv.get("$xavp(kept=>size)")))
	return 1
end
`

// registrations are REGISTERs with all that a row can hold, in their order.
var registrations = []struct {
	user    string
	headers []string
}{
	{"alice", []string{"Call-ID: a", "CSeq: 7 REGISTER", "Contact: <sip:alice@192.0.2.1:5070;transport=udp>;expires=600", "User-Agent: Phone/1.0"}},
	{"bob", []string{"Call-ID: b", "Contact: <sip:bob@192.0.2.2>;q=0.55", "X-Nat: 1", "Allow: INVITE, BYE, CANCEL, ACK", "Path: <sip:edge.test;lr>"}},
	{"carol", []string{"Call-ID: c", `Contact: <sip:carol@192.0.2.3>;+sip.instance="<urn:uuid:1>";reg-id=2`, "Supported: outbound, path", "X-Attr: 1"}},
	{"dave", []string{"Call-ID: d", "Contact: <sip:dave@192.0.2.3>, <sip:dave2@192.0.2.4>;q=1;expires=100"}},
	{"erin", []string{"Call-ID: e", `Contact: <sip:erin@192.0.2.5>;methods="INVITE, MESSAGE"`, "User-Agent: It's \"quoted\" \\ text"}},
	{"alice", []string{"Call-ID: a", "CSeq: 8 REGISTER", "Contact: <sip:alice@192.0.2.1:5070;transport=udp>;expires=900", "User-Agent: Phone/1.1"}},
	{"gone", []string{"Call-ID: g", "CSeq: 1 REGISTER", "Contact: <sip:gone@192.0.2.5>"}},
	{"gone", []string{"Call-ID: g", "CSeq: 2 REGISTER", "Contact: <sip:gone@192.0.2.5>;expires=0"}},
	{"Frank", []string{"Call-ID: f", "Contact: <sip:frank@[2001:db8::1]:5062>;expires=7200"}},
}

// rowsOfAll is how many contacts and attributes are left of them.
const rowsOfAll = 7 + 2

// asIncumbent makes the same server run Kamailio.
func (s *Server) asIncumbent(yes bool) {
	s.command = nil
	if yes {
		s.command = []string{"kamailio", "-f", "kamailio.cfg", "-DD", "-E", "-m", "64", "-M", "8", "-w", s.Dir}
	}
}

// endIncumbent kills what runs in the server's folder: the incumbent has many processes, and
// now and then some of them outlive it.
func (s *Server) endIncumbent() {
	s.Kill()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		line, _ := os.ReadFile(f)
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil && strings.Contains(string(line), "kamailio.cfg\x00") && strings.Contains(string(line), s.Dir+"\x00") {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	Eventually(s.t, "the port is free again", func() bool { return freeport.Free(s.Port) })
}

// TestRowsAreKamailios has both servers store the same REGISTERs, compares the rows column by
// column, and has each load what the other has written.
func TestRowsAreKamailios(t *testing.T) {
	if _, err := exec.LookPath("kamailio"); err != nil {
		t.Skip("left out: kamailio is not installed: tests/install-peers installs it")
	}
	for _, variant := range []struct{ name, config string }{
		{"as it is", ""},
		{"use_domain", "modparam(\"usrloc\", \"use_domain\", 1)\n"},
		{"db_ops_ruid 0", "modparam(\"usrloc\", \"db_ops_ruid\", 0)\n"},
	} {
		t.Run(variant.name, func(t *testing.T) {
			for _, mode := range []int{1, 2, 3} {
				t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) {
					dbtest.Each(t, func(t *testing.T, url string) { bothWays(t, mode, url, variant.config) })
				})
			}
		})
	}
}

func bothWays(t *testing.T, mode int, url, config string) {
	d := dbtest.Tables(t, url, "usrloc")
	s := NewServer(t, sharedConfig(mode, url, config), sharedScript)
	t.Cleanup(s.endIncumbent)
	var rows [2][]string
	var found [2][2][]string
	for writer := range 2 {
		if err := d.Write(db.Delete("location"), db.Delete("location_attrs")); err != nil {
			t.Fatal(err)
		}
		s.asIncumbent(writer == 1)
		s.Start()
		begun := time.Now()
		registerAll(t, s)
		Eventually(t, "the rows are written", func() bool { return len(readRows(t, d)) == rowsOfAll })
		s.endIncumbent()
		rows[writer] = readRows(t, d)
		for reader := range 2 {
			s.asIncumbent(reader == 1)
			s.Start()
			found[writer][reader] = seen(t, s, begun)
			s.endIncumbent()
		}
	}
	same(t, "rows", rows[0], rows[1])
	same(t, "our rows, read by the incumbent", found[0][0], found[0][1])
	same(t, "the incumbent's rows, read by us", found[1][0], found[1][1])
	same(t, "what is found", found[0][0], found[1][0])
}

func same(t *testing.T, what string, ours, theirs []string) {
	t.Helper()
	if len(ours) == 0 || !slices.Equal(ours, theirs) {
		t.Errorf("%s: ours\n%s\ntheirs\n%s", what, strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}

func registerAll(t *testing.T, s *Server) {
	t.Helper()
	c := NewClient(t, s.Addr())
	for _, r := range registrations {
		reply := ask(t, c, c.Request("REGISTER", r.user+"@h.test", r.user+"@h.test", "", r.headers...))
		if Status(reply) != 200 {
			t.Fatalf("%s: %s", r.user, reply)
		}
	}
}

// readRows gives both tables in an order of their own. Ids differ, and times are compared by
// their distance.
func readRows(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	columns := []string{
		"username", "domain", "contact", "received", "path", "q", "callid", "cseq", "flags", "cflags", "user_agent", "socket",
		"methods", "instance", "reg_id", "server_id", "connection_id", "keepalive", "partition", "expires", "last_modified", "ruid",
	}
	rows, err := d.Select(context.Background(), db.Query{Table: "location", Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]string{}
	for _, r := range rows {
		if since := time.Since(r.Time(20)); since < 0 || since > 10*time.Minute || !strings.HasPrefix(r.Str(21), "uloc-") {
			t.Errorf("last_modified is %v ago, ruid %s", since, r.Str(21))
		}
		list = append(list, fmt.Sprintf("%#v %v", []any(r[:19]), r.Time(19).Sub(r.Time(20)).Round(5*time.Second)))
		users[r.Str(21)] = r.Str(0)
	}
	columns = []string{"username", "domain", "aname", "atype", "avalue", "ruid"}
	if rows, err = d.Select(context.Background(), db.Query{Table: "location_attrs", Columns: columns}); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		list = append(list, fmt.Sprintf("%#v of %s", []any(r[:5]), users[r.Str(5)]))
	}
	slices.Sort(list)
	return list
}

// seen is what a server knows of the users after its start: by its RPC command and by lookup.
func seen(t *testing.T, s *Server, registered time.Time) (list []string) {
	t.Helper()
	c := NewClient(t, s.Addr())
	for _, u := range []string{"alice", "bob", "carol", "dave", "erin", "frank", "gone"} {
		// The incumbent answers requests when it has loaded the table, and commands before that.
		reply := ask(t, c, c.Request("OPTIONS", "x@h.test", u+"@h.test", ""))
		line, _, _ := strings.Cut(reply, "\r\n")
		list = append(list, u+": "+line)
		list = append(list, contacts(t, s, u, registered)...)
	}
	return list
}

// contacts lists what ul.lookup shows, without what differs by its nature.
func contacts(t *testing.T, s *Server, user string, registered time.Time) (list []string) {
	t.Helper()
	var f struct {
		AoR      string
		Contacts []struct{ Contact map[string]any }
	}
	for _, aor := range []string{user, user + "@h.test"} { // one of them, by use_domain
		if text := s.RPC("ul.lookup", "location", aor); strings.HasPrefix(text, "{") {
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	for _, c := range f.Contacts {
		x := c.Contact
		if expires, ok := x["Expires"].(float64); ok {
			x["Expires"] = math.Round((expires + time.Since(registered).Seconds()) / 100)
		}
		for _, name := range []string{"Ruid", "Last-Keepalive", "Last-Modified", "Q"} {
			x[name] = fmt.Sprint(x[name])[:1]
		}
		list = append(list, fmt.Sprint(f.AoR, " ", x))
	}
	return list
}
