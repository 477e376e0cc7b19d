package msilo_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/msilo"
	"github.com/moonroute/moonroute/modules/pv"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func start(t *testing.T, url, params string) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, fmt.Sprintf("modparam(\"msilo\", \"db_url\", %q)\n", url)+params, corepv.Module, pv.Module, msilo.Module)
}

// request is a message to bob; a header "Name: value" replaces the usual one, "Name:" takes it out.
func request(body string, headers ...string) string {
	lines := []string{
		"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "From: \"Alice\" <sip:alice@h.test;x=1>;tag=1", "To: Bob <sip:bob@h.test;y=2>",
		"Call-ID: c1", "CSeq: 1 MESSAGE", "Content-Type: text/plain;charset=utf-8",
	}
	for _, h := range headers {
		lines = replace(lines, h)
	}
	return "MESSAGE sip:bob@h.test;z=3 SIP/2.0\r\n" + strings.Join(lines, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func replace(lines []string, header string) []string {
	name, value, _ := strings.Cut(header, ":")
	for i, line := range lines {
		if strings.HasPrefix(line, name+":") {
			lines = append(lines[:i:i], lines[i+1:]...)
			break
		}
	}
	if value == "" {
		return lines
	}
	return append(lines, header)
}

// rows shows what is stored, without the times.
func rows(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	got, err := d.Select(context.Background(), db.Query{Table: "silo", Order: "id", Columns: []string{
		"src_addr", "dst_addr", "username", "domain", "ctype", "body", "extra_hdrs", "callid", "snd_time", "status", "inc_time", "exp_time",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got {
		var fields []string
		for i := range 10 {
			fields = append(fields, r.Str(i))
		}
		list = append(list, strings.Join(append(fields, fmt.Sprint(r.Int(11)-r.Int(10))), "|"))
	}
	return list
}

func TestStore(t *testing.T) {
	const (
		owner  = "sip:alice@h.test;x=1|sip:bob@h.test;y=2|bob|h.test|"
		plain  = owner + "text/plain|hello|"
		params = `modparam("msilo", "snd_time_avp", "$avp(when)")
modparam("msilo", "extra_hdrs_avp", "$avp(hdrs)")
modparam("msilo", "expire_time", 1000)
`
	)
	for _, c := range []struct {
		name, params, request string
		before                map[string]string // AVPs
		function              string            // mstore if it is empty
		args                  []string
		want                  string // empty: refused
	}{
		{name: "plain", request: request("hello"), want: plain + "||0|0|1000"},
		{name: "headers", request: request("hello", "X-A:  1 ", "Subject: s", "x-b: 2", "Reply-To: <sip:r@h>"), want: plain + "X-A:  1 \r\nx-b: 2\r\nReply-To: <sip:r@h>\r\n||0|0|1000"},
		{name: "expires", request: request("hello", "Expires: 60"), want: plain + "||0|0|60"},
		{name: "expires too high", request: request("hello", "Expires: 6000"), want: plain + "||0|0|1000"},
		{name: "expires zero", request: request("hello", "Expires: 0"), want: plain + "||0|0|1000"},
		{name: "bytes", request: request("it's \\ \x00 é"), want: owner + "text/plain|it's \\ \x00 é|||0|0|1000"},
		{name: "Call-ID", params: `modparam("msilo", "use_mode", 1)`, request: request("hello"), want: plain + "|c1|0|0|1000"},
		{name: "AVPs", request: request("hello", "X-A: 1"), before: map[string]string{"$avp(when)": "20300102", "$avp(hdrs)": "X-B: 2\r\n"}, want: plain + "X-B: 2\r\n||" + localTime(2030, 1, 2) + "|0|1000"},
		{name: "empty AVPs", request: request("hello", "X-A: 1"), before: map[string]string{"$avp(when)": "", "$avp(hdrs)": ""}, want: plain + "||0|0|1000"},
		{name: "owner", request: request("hello"), function: "mstore_uri", args: []string{"sip:carol@x.test;q=1"}, want: "sip:alice@h.test;x=1|sip:bob@h.test;y=2|carol|x.test|text/plain|hello|||0|0|1000"},
		{name: "addresses", request: request("hello"), function: "mstore_addrs", args: []string{"sip:o@x", "sip:f@x", "sip:t@x"}, want: "sip:f@x|sip:t@x|o|x|text/plain|hello|||0|0|1000"},
		{name: "some addresses", request: request("hello"), function: "mstore_addrs", args: []string{"", "sip:f@x", ""}, want: "sip:f@x|sip:bob@h.test;y=2|bob|h.test|text/plain|hello|||0|0|1000"},
		{name: "no body", request: request("")},
		{name: "no type", request: request("hello", "Content-Type:")},
		{name: "no user", request: request("hello"), function: "mstore_uri", args: []string{"sip:x.test"}},
		{name: "no URI", request: request("hello"), function: "mstore_uri", args: []string{"<sip:a@b>"}},
		{name: "no sender", request: request("hello"), function: "mstore_addrs", args: []string{"sip:o@x", "bad\r\nX: 1", ""}},
		{name: "registrar", params: `modparam("msilo", "registrar", "sip:bob@h.test")`, request: request("hello")},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, url string) {
				d := dbtest.Tables(t, url, "silo")
				h := start(t, url, params+c.params)
				result := 0
				h.Run(c.request, func(ctx *kemi.Ctx) {
					for name, value := range c.before {
						set(t, h, ctx, name, value)
					}
					result = call(h, ctx, c.function, c.args)
				})
				got := strings.Join(rows(t, d), "\n")
				if got != c.want || (result == 1) != (c.want != "") {
					t.Errorf("%d and row\n%q, want\n%q", result, got, c.want)
				}
			})
		})
	}
}

func localTime(year int, month time.Month, day int) string {
	return strconv.FormatInt(time.Date(year, month, day, 0, 0, 0, 0, time.Local).Unix(), 10)
}

func set(t *testing.T, h *kemitest.Host, c *kemi.Ctx, name, value string) {
	t.Helper()
	v, err := h.Registry.Var(name)
	if err != nil || !v.Set(c, kemi.Str(value)) {
		t.Fatal(name, err)
	}
}

func call(h *kemitest.Host, c *kemi.Ctx, function string, args []string) int {
	if function == "" {
		function = "mstore"
	}
	var values []kemi.Value
	for _, a := range args {
		values = append(values, kemi.Str(a))
	}
	return h.Call(c, "msilo", function, values...).Int()
}

// TestMaxMessages: whatever comes at the same time, an owner never has more than the limit.
func TestMaxMessages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := dbtest.Tables(t, url, "silo")
		h := start(t, url, `modparam("msilo", "max_messages", 3)`)
		stored := 0
		for range 5 {
			h.Run(request("hello"), func(c *kemi.Ctx) {
				if call(h, c, "", nil) == 1 {
					stored++
				}
			})
		}
		h.Run(request("hello"), func(c *kemi.Ctx) {
			if got := call(h, c, "mstore_uri", []string{"sip:carol@h.test"}); got != 1 {
				t.Errorf("another owner: %d", got)
			}
		})
		if n := len(rows(t, d)); stored != 3 || n != 4 {
			t.Errorf("%d stored, %d rows", stored, n)
		}
	})
}

func TestColumnNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := dbtest.Tables(t, url, "silo")
		if err := d.Write(db.Exec("ALTER TABLE silo RENAME COLUMN body TO message_body"), db.Exec("ALTER TABLE silo RENAME COLUMN username TO owner")); err != nil {
			t.Fatal(err)
		}
		h := start(t, url, `modparam("msilo", "sc_body", "message_body")
modparam("msilo", "sc_uri_user", "owner")`)
		h.Run(request("hello"), func(c *kemi.Ctx) {
			if got := call(h, c, "", nil); got != 1 {
				t.Error(got)
			}
		})
		got, err := d.Select(context.Background(), db.Query{Table: "silo", Columns: []string{"owner", "message_body"}})
		if err != nil || len(got) != 1 || got[0].Str(0) != "bob" || got[0].Str(1) != "hello" {
			t.Error(got, err)
		}
	})
}

func TestParametersThatDoNotFit(t *testing.T) {
	url := dbtest.SQLite(t)
	dbtest.Tables(t, url, "silo")
	for params, want := range map[string]string{
		`modparam("msilo", "offline_message", "x")`:          "content_type_hdr",
		`modparam("msilo", "snd_time_avp", "$var(x)")`:       "snd_time_avp",
		`modparam("msilo", "extra_hdrs_avp", "bad")`:         "extra_hdrs_avp",
		`modparam("msilo", "from_address", "sip:$zz@x")`:     "from_address",
		`modparam("msilo", "db_table", "nothere")`:           "nothere",
		`modparam("msilo", "skip_notification_flag", 40)`:    "skip_notification_flag",
		`modparam("msilo", "check_time", -1)`:                "check_time",
		`modparam("msilo", "db_url", "sqlite:///no/such/x")`: "no/such",
	} {
		h, err := kemitest.New(t, fmt.Sprintf("modparam(\"msilo\", \"db_url\", %q)\n", url)+params, corepv.Module, pv.Module, msilo.Module)
		if err == nil {
			err = h.Server.Start()
			h.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", params, err)
		}
	}
}
