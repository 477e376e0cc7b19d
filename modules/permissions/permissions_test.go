package permissions

import (
	"fmt"
	"os"
	"path/filepath"
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

// param is a modparam line.
func param(name, value string) string {
	return fmt.Sprintf("modparam(\"permissions\", %q, %s)\n", name, value)
}

func text(name, value string) string { return param(name, `"`+value+`"`) }

var peerTag = text("peer_tag_avp", "$avp(peer)") + param("reload_delta", "0")

// invite comes from 192.0.2.1:5060 over UDP.
func invite(from, uri string) string {
	return "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: " + from + ";tag=a\r\n" +
		"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
}

var plain = invite("<sip:alice@home.example>", "sip:bob@home.example")

// ask calls a function on a new message and gives the result with the tags that it left, the newest first.
func ask(h *kemitest.Host, message, function string, args ...kemi.Value) (result int, tags string) {
	h.Run(message, func(c *kemi.Ctx) {
		result = h.Call(c, "permissions", function, args...).Int()
		var list []string
		for i := 0; c.Msg != nil; i++ {
			x := c.Msg.AVPs().AVP.At(route.ClassURIFrom, "peer", i)
			if x == nil {
				break
			}
			list = append(list, x.Value.Text)
		}
		tags = strings.Join(list, " ")
	})
	return result, tags
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func cols(names []string, values ...any) (list []db.Col) {
	for i, v := range values {
		list = append(list, db.Col{Name: names[i], Value: v})
	}
	return list
}

// address is a row of the address table.
func address(group int, ip string, mask, port int, tag any) db.Write {
	return db.Insert("address", cols([]string{"grp", "ip_addr", "mask", "port", "tag"}, group, ip, mask, port, tag)...)
}

// peerRow is a row of the trusted table.
func peerRow(source, proto string, from, ruri, tag any, priority int) db.Write {
	return db.Insert("trusted", cols([]string{"src_ip", "proto", "from_pattern", "ruri_pattern", "tag", "priority"}, source, proto, from, ruri, tag, priority)...)
}

func tables(t *testing.T, url string, writes ...db.Write) *db.DB {
	t.Helper()
	d := dbtest.Tables(t, url, "address", "trusted")
	for _, w := range writes { // one by one: their order counts
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

var addressRows = []db.Write{
	address(1, "192.0.2.1", 32, 0, "self"), address(1, "192.0.2.0", 24, 0, "net24"), address(1, "192.0.2.128", 25, 5060, "net25"),
	address(2, "10.0.0.1", 0, 0, "mask0"), address(2, "2001:db8::1", 128, 0, "six"), address(2, "2001:db8:1::", 48, 0, nil),
	address(3, "gw.example", 32, 0, "named"), address(3, "gw.example", 32, 5070, "named5070"), address(4, "192.0.2.1", 32, 5060, "port"),
	address(6, "[2001:db8:5::1]", 128, 0, ""), address(7, "10.1.2.3", 16, 0, "hostbits"), address(7, "10.1.2.0", 24, 0, "longer"),
	address(9, "10.20.30.40", 32, 5060, "p1"), address(9, "10.20.30.40", 32, 0, "p0"), address(10, "10.1.2.0", 28, 0, "other"),
}

// question is a call of allow_address, or of allow_address_group if there is no group.
type question struct {
	group   int
	address string
	port    int
	want    int
	tags    string
}

func (q question) check(t *testing.T, h *kemitest.Host) {
	t.Helper()
	function, args := "allow_address_group", []kemi.Value{kemi.Str(q.address), kemi.Int(q.port)}
	if q.group != 0 {
		function, args = "allow_address", append([]kemi.Value{kemi.Int(q.group)}, args...)
	}
	if got, tags := ask(h, plain, function, args...); got != q.want || tags != q.tags {
		t.Errorf("%+v gives %d %q", q, got, tags)
	}
}

var questions = []question{
	{1, "192.0.2.1", 0, 1, "self"}, {1, "192.0.2.200", 5060, 1, "net24"}, {1, "192.0.3.1", 0, -1, ""}, {99, "192.0.2.1", 0, -1, ""},
	{2, "10.0.0.1", 0, 1, "mask0"}, {2, "10.0.0.2", 0, -1, ""}, {2, "010.0.0.001", 0, 1, "mask0"}, {2, "10.0.0.257", 0, 1, "mask0"}, {2, "10.0.0.1 ", 0, -1, ""},
	{2, "2001:db8::1", 0, 1, "six"}, {2, "[2001:DB8::1]", 0, 1, "six"}, {2, "[2001:db8::1", 0, -1, ""}, {2, "2001:db8:1:2::3", 0, 1, ""}, {2, "2001:db8:2::", 0, -1, ""},
	{3, "gw.example", 0, 1, "named"}, {3, "gw.example", 5070, 1, "named5070"}, {3, "GW.example", 0, -1, ""}, {3, "", 0, -1, ""},
	{4, "192.0.2.1", 5060, 1, "port"}, {4, "192.0.2.1", 0, -1, ""}, {4, "192.0.2.1", 5060 + 1<<32, 1, "port"}, {6, "2001:db8:5::1", 1, 1, ""},
	{7, "10.1.99.99", 0, 1, "hostbits"}, {7, "10.1.2.9", 0, 1, "hostbits"}, {9, "10.20.30.40", 5060, 1, "p0"}, {-1, "10.0.0.1", 0, -1, ""},
	{0, "192.0.2.1", 0, 1, "self"}, {0, "192.0.2.1", 5060, 4, "port"}, {0, "10.1.2.3", 0, 7, "hostbits"}, {0, "gw.example", 0, 3, ""}, {0, "x.example", 0, -1, ""},
}

func TestAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		tables(t, url, addressRows...)
		h := kemitest.Start(t, peerTag+text("db_url", url), pv.Module, Module)
		for _, q := range questions {
			q.check(t, h)
		}
		for group, want := range map[int]int{1: 1, 4: 1, 2: -1, 0: -1} {
			if got, _ := ask(h, plain, "allow_source_address", kemi.Int(group)); got != want {
				t.Errorf("the source is in group %d: %d", group, got)
			}
		}
		if got, tags := ask(h, plain, "allow_source_address_group"); got != 4 || tags != "port" {
			t.Error("the group of the source:", got, tags)
		}
	})
}

func TestLongestNetwork(t *testing.T) {
	url := dbtest.SQLite(t)
	tables(t, url, addressRows...)
	h := kemitest.Start(t, peerTag+text("db_url", url)+param("subnet_match_mode", "1"), pv.Module, Module)
	for _, q := range []question{{7, "10.1.2.3", 0, 1, "longer"}, {1, "192.0.2.200", 5060, 1, "net25"}, {1, "192.0.2.200", 1, 1, "net24"}, {0, "10.1.2.3", 0, 10, "other"}} {
		q.check(t, h)
	}
}

const addressList = "# c\n1 127.0.0.1 32 0 tag1\n1 10.0.0.10\n  2\t192.168.1.0\t24\t0\ttag2   # comment\n3 [1:5ee::900d:c0de]\n4 host.example 0 0 t#x\n" +
	"4 1.2.3.4 0 0 t;x=1,y\n5 10.0.0.11 24 5060#c\n   \n6 1.1.1.1 32 7 #t\nx 2.2.2.2\n8 1.1.1.2 x\n"

func TestAddressFile(t *testing.T) {
	h := kemitest.Start(t, peerTag+text("address_file", write(t, "list", addressList)), pv.Module, Module)
	for _, q := range []question{
		{1, "127.0.0.1", 0, 1, "tag1"}, {1, "10.0.0.10", 7, 1, ""}, {2, "192.168.1.77", 0, 1, "tag2"}, {3, "1:5ee::900d:c0de", 0, 1, ""}, {4, "host.example", 0, 1, "t"},
		{4, "1.2.3.4", 0, 1, "t;x=1,y"}, {5, "10.0.0.1", 5060, 1, ""}, {5, "10.0.0.1", 0, -1, ""}, {6, "1.1.1.1", 7, 1, ""}, {8, "1.1.1.2", 0, 1, "x"},
	} {
		q.check(t, h)
	}
}

func TestWrongAddressesRefuseTheStart(t *testing.T) {
	for _, line := range []string{"1", "1 1.1.1.1 33", "1 ::1 129", "5#c"} {
		h, err := kemitest.New(t, text("address_file", write(t, "list", "1 9.9.9.9\n"+line+"\n")), Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), ":2: ") {
			t.Errorf("%q: %v", line, err)
		}
	}
	for _, row := range []db.Write{address(0, "1.1.1.1", 32, 0, "x"), address(-1, "1.1.1.1", 32, 0, "x"), address(1, "1.1.1.1", 33, 0, "x"), address(1, "1.1.1.1", -1, 0, "x")} {
		url := dbtest.SQLite(t)
		tables(t, url, row)
		h, err := kemitest.New(t, text("db_url", url), Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), "row 1") {
			t.Error(err)
		}
	}
}

func TestDumps(t *testing.T) {
	list := "8 0.0.0.0\n2 2001:db8::1\n6 2001:db8:5::1\n9 10.20.30.40 32 5060 p1\n9 10.20.30.40 32 0 p0\n2 10.1.2.3 16 0 n\n1 10.1.0.0 16\n3 GW2.Example\n10 sub.gw.example 0 7 x\n"
	h := kemitest.Start(t, text("address_file", write(t, "list", list)), Module)
	for name, want := range map[string]string{
		"addressDump": `[{"table":0,"group":8,"item":{"ip":"0.0.0.0","port":0,"tag":"NULL"}},{"table":10,"group":9,"item":{"ip":"10.20.30.40","port":0,"tag":"p0"}},` +
			`{"table":10,"group":9,"item":{"ip":"10.20.30.40","port":5060,"tag":"p1"}},{"table":37,"group":6,"item":{"ip":"2001:db8:5::1","port":0,"tag":"NULL"}},` +
			`{"table":37,"group":2,"item":{"ip":"2001:db8::1","port":0,"tag":"NULL"}}]`,
		"subnetDump": `[{"id":0,"group":1,"item":{"ip":"10.1.0.0","mask":16,"port":0,"tag":""}},{"id":1,"group":2,"item":{"ip":"10.1.2.3","mask":16,"port":0,"tag":"n"}}]`,
		"domainDump": `{"table":27,"group":10,"item":{"domain_name":"sub.gw.example","port":7,"tag":"x"},"table":97,"group":3,"item":{"domain_name":"GW2.Example","port":0,"tag":"NULL"}}`,
	} {
		if got := command(h, name); !strings.Contains(got, `"result":`+want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	if got := command(h, "trustedDump"); !strings.Contains(got, "No trusted table") {
		t.Error(got)
	}
}

func command(h *kemitest.Host, name string, params ...string) string {
	list := ""
	if len(params) > 0 {
		list = `"` + strings.Join(params, `","`) + `"`
	}
	return h.RPC(`{"jsonrpc":"2.0","id":1,"method":"permissions.` + name + `","params":[` + list + `]}`)
}
