package domain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func local(name string, did any) db.Write {
	return db.Insert("domain", db.Col{Name: "domain", Value: name}, db.Col{Name: "did", Value: did})
}

func attr(did, name string, kind int, value string) db.Write {
	return db.Insert("domain_attrs", db.Col{Name: "did", Value: did}, db.Col{Name: "name", Value: name}, db.Col{Name: "type", Value: kind}, db.Col{Name: "value", Value: value})
}

var rows = []db.Write{
	local("one.example", nil), local("Two.Example", "d2"), local("three.example", "D2"), local("192.0.2.9", "ip"), local("[2001:db8::1]", "v6"),
	attr("one.example", "color", 2, "red"), attr("d2", "color", 2, "blue"), attr("d2", "n", 0, "+42"), attr("D2", "color", 2, "green"),
	attr("ip", "neg", 0, "-5"), attr("ip", "none", 0, ""), attr("ip", "did", 2, "mine"), attr("nobody", "q", 2, "v"),
}

func fill(t *testing.T, url string, writes ...db.Write) *db.DB {
	t.Helper()
	d := dbtest.Tables(t, url, "domain", "domain_attrs")
	for _, w := range writes { // one by one: their order counts
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func start(t *testing.T, url, config string) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, fmt.Sprintf("modparam(\"domain\", \"db_url\", %q)\n", url)+config, Module)
}

func message(from, uri string) string {
	return "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: " + from + ";tag=a\r\n" +
		"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
}

var plain = message("<sip:a@one.example>", "sip:b@one.example")

func call(h *kemitest.Host, message, function string, args ...kemi.Value) (result int, avps string) {
	h.Run(message, func(c *kemi.Ctx) {
		result = h.Call(c, "domain", function, args...).Int()
		if c.Msg != nil {
			avps = shown(c.Msg.AVPs())
		}
	})
	return result, avps
}

// shown are the AVPs that the rows above may leave, of each name the newest first.
func shown(vars *route.Vars) string {
	var list []string
	for _, name := range []string{"did", "color", "n", "neg", "none", "x_did", "x_color"} {
		for i := range vars.AVP.Count(route.ClassURIFrom, name) {
			v := vars.AVP.At(route.ClassURIFrom, name, i).Value
			text := v.Text
			if v.IsNum {
				text = fmt.Sprint("#", v.Num)
			}
			list = append(list, name+"="+text)
		}
	}
	return strings.Join(list, " ")
}

func TestLookups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		fill(t, url, rows...)
		h := start(t, url, "")
		for name, avps := range map[string]string{
			"one.example": "did=one.example color=red", "ONE.example": "did=one.example color=red", "two.example": "did=d2 color=blue color=green n=#42",
			"three.example": "did=D2 color=blue color=green n=#42", "192.0.2.9": "did=ip did=mine neg=#-5 none=#0", "[2001:db8::1]": "did=v6",
			"none.example": "", "one.example.": "", "2001:db8::1": "", "": "",
		} {
			want := 1
			if avps == "" {
				want = -1
			}
			if got, left := call(h, plain, "lookup_domain", kemi.Str(name)); got != want || left != avps {
				t.Errorf("lookup_domain(%q) gives %d and leaves %q", name, got, left)
			}
			if got, left := call(h, plain, "is_domain_local", kemi.Str(name)); got != want || left != "" {
				t.Errorf("is_domain_local(%q) gives %d and leaves %q", name, got, left)
			}
		}
		if got, left := call(h, plain, "lookup_domain_prefix", kemi.Str("one.example"), kemi.Str("x_")); got != 1 || left != "x_did=one.example x_color=red" {
			t.Error(got, left)
		}
		if got, _ := call(h, "", "lookup_domain", kemi.Str("one.example")); got != 1 {
			t.Error("without a message:", got)
		}
	})
}

func TestMessages(t *testing.T) {
	url := dbtest.SQLite(t)
	fill(t, url, rows...)
	h := start(t, url, "")
	for uri, want := range map[string][2]int{
		"sip:a@one.example": {1, 1}, "sip:a@ONE.example:5070;x=y": {1, 1}, "sip:one.example": {1, 1}, "sips:a@two.example": {1, 1}, "sip:a@[2001:db8::1]": {1, 1},
		"sip:a@none.example": {-1, -1}, "tel:+1": {-1, -1}, "urn:service:one.example": {1, 1}, "foo:bar": {-2, -1},
	} {
		from, _ := call(h, message("<"+uri+">", uri), "is_from_local")
		ruri, _ := call(h, message("<sip:a@b>", uri), "is_uri_host_local")
		if from != want[0] || ruri != want[1] {
			t.Errorf("%s: %d %d, want %v", uri, from, ruri, want)
		}
	}
	if got, _ := call(h, message("garbage garbage", "sip:a"), "is_from_local"); got != -2 {
		t.Error(got)
	}
	for function, want := range map[string]int{"is_from_local": -2, "is_uri_host_local": -1} {
		if got, _ := call(h, "", function); got != want {
			t.Errorf("%s without a message: %d", function, got)
		}
	}
}

func TestRoutes(t *testing.T) {
	url := dbtest.SQLite(t)
	fill(t, url, rows...)
	h := start(t, url, "")
	for _, tc := range []struct {
		kind     route.Kind
		branches string // of the failure route
		want     int
	}{
		{route.RequestRoute, "", 1}, {route.BranchRoute, "", 1}, {route.LocalRoute, "", 1}, {route.FailureRoute, "", -1}, {route.FailureRoute, "sip:x@two.example", 1},
		{route.FailureRoute, "sip:x@none.example", -1}, {route.TMReplyRoute, "", -1}, {route.BranchFailureRoute, "", -1}, {route.EventRoute, "", -1},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			c.Call.Kind = tc.kind
			if tc.branches != "" {
				c.Msg.Branches = append(c.Msg.Branches, route.Branch{URI: tc.branches})
			}
			if got := h.Call(c, "domain", "is_uri_host_local").Int(); got != tc.want {
				t.Errorf("%+v: %d", tc, got)
			}
		})
	}
}

func TestRegisterMyself(t *testing.T) {
	for config, want := range map[string]bool{"": false, "modparam(\"domain\", \"register_myself\", 1)\n": true} {
		url := dbtest.SQLite(t)
		fill(t, url, rows...)
		h := start(t, url, config)
		if got := h.Core.IsMyself("TWO.example", 5099, flow.TCP); got != want {
			t.Errorf("%q: a domain of the table is this server: %v", config, got)
		}
		if h.Core.IsMyself("none.example", 0, flow.None) {
			t.Error("none.example is this server")
		}
	}
}

func command(h *kemitest.Host, name string) string {
	return h.RPC(`{"jsonrpc":"2.0","id":1,"method":"domain.` + name + `"}`)
}

func TestDump(t *testing.T) {
	url := dbtest.SQLite(t)
	fill(t, url, rows...)
	h := start(t, url, "")
	want := `{"domains":[{"domain":"Two.Example","did":"d2"},{"domain":"three.example","did":"D2"},{"domain":"one.example","did":"one.example"},` +
		`{"domain":"[2001:db8::1]","did":"v6"},{"domain":"192.0.2.9","did":"ip"}],"attributes":[{"did":"nobody","attrs":["q"]},{"did":"ip","attrs":["did","none","neg"]},` +
		`{"did":"d2","attrs":["color","n","color"]},{"did":"one.example","attrs":["color"]}]}`
	if got := command(h, "dump"); !strings.Contains(got, `"result":`+want) {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestReload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := fill(t, url, rows...)
		h := start(t, url, "")
		steps := []struct {
			write  db.Write
			answer string
			want   int
		}{
			{local("new.example", nil), `"result":{}`, 1},
			{attr("new.example", "n", 0, "5x"), `"code":400,"message":"Reload of domain tables failed"`, 1},
			{db.Delete("domain"), "Reload of domain tables failed", 1}, // the wrong attribute is still there
			{db.Delete("domain_attrs"), `"result":{}`, -1},
			{db.Exec("DROP TABLE domain_attrs"), "Reload of domain tables failed", -1},
		}
		for i, step := range steps {
			if err := d.Write(step.write); err != nil {
				t.Fatal(err)
			}
			if got := command(h, "reload"); !strings.Contains(got, step.answer) {
				t.Errorf("step %d: %s", i, got)
			}
			if got, _ := call(h, plain, "is_domain_local", kemi.Str("new.example")); got != step.want {
				t.Errorf("step %d: %d", i, got)
			}
		}
		if !strings.Contains(h.Log(), `"5x": the value is no number; what was loaded before stays`) {
			t.Error(h.Log())
		}
	})
}

func TestWrongRows(t *testing.T) {
	null := db.Col{Name: "did"}
	for want, w := range map[string]db.Write{
		"table domain, row 1: a column is empty":         local("", "x"),
		"table domain, row 1: a column is empty ":        local("x", ""),
		"table domain_attrs, row 1: a column is empty":   attr("", "n", 2, "v"),
		"table domain_attrs, row 1: a column is empty ":  attr("d", "", 2, "v"),
		"table domain_attrs, row 1: the type is neither": attr("d", "n", 1, "v"),
		`"99999999999": the value is no number`:          attr("d", "n", 0, "99999999999"),
		"table domain_attrs, row 1: a column is NULL":    db.Insert("domain_attrs", null, db.Col{Name: "name", Value: "n"}, db.Col{Name: "type", Value: 2}, db.Col{Name: "value", Value: "v"}),
	} {
		url := dbtest.SQLite(t)
		d := fill(t, url)
		if strings.Contains(want, "NULL") {
			if err := d.Write(db.Exec("DROP TABLE domain_attrs"), db.Exec("CREATE TABLE domain_attrs (did TEXT, name TEXT, type INTEGER, value TEXT)")); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
		h, err := kemitest.New(t, fmt.Sprintf("modparam(\"domain\", \"db_url\", %q)\n", url), Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
