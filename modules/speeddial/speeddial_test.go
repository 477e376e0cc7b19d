package speeddial

import (
	"fmt"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func short(user, domain, number, numberDomain, uri string) db.Write {
	return db.Insert("speed_dial", db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: domain},
		db.Col{Name: "sd_username", Value: number}, db.Col{Name: "sd_domain", Value: numberDomain}, db.Col{Name: "new_uri", Value: uri})
}

const home = "home.example"

var rows = []db.Write{
	short("alice", home, "11", home, "sip:bob@home.example"), short("alice", home, "13", home, "carol@home.example"), short("alice", home, "16", home, "sips:b@c"),
	short("alice", "other.example", "11", home, "sip:other@home.example"), short("alice", home, "18", "second.example", "sip:second@home.example"),
	short("bob", home, "11", home, "sip:bobs@home.example"), short("alice", home, "22", home, "sip:one@x"), short("alice", home, "22", "third.example", "sip:two@x"),
}

func start(t *testing.T, url, config string) (*kemitest.Host, *db.DB) {
	t.Helper()
	d := dbtest.Tables(t, url, "speed_dial")
	for _, w := range rows { // one by one: their order counts
		if err := d.Write(w); err != nil {
			t.Fatal(err)
		}
	}
	return kemitest.Start(t, fmt.Sprintf("modparam(\"speeddial\", \"db_url\", %q)\n", url)+config, Module), d
}

func param(name, value string) string {
	return fmt.Sprintf("modparam(\"speeddial\", %q, %s)\n", name, value)
}

// lookup gives the result and the request URI afterwards. Owner nil: lookup.
func lookup(h *kemitest.Host, from, uri, table string, owner *string) (result int, target string) {
	message := "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: " + from + ";tag=a\r\n" +
		"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
	h.Run(message, func(c *kemi.Ctx) {
		if owner == nil {
			result = h.Call(c, "speeddial", "lookup", kemi.Str(table)).Int()
		} else {
			result = h.Call(c, "speeddial", "lookup_owner", kemi.Str(table), kemi.Str(*owner)).Int()
		}
		target = c.Msg.CurrentURI()
	})
	return result, target
}

// question is one lookup; no target: it gives -1.
type question struct{ from, uri, target string }

func (q question) check(t *testing.T, h *kemitest.Host, owner *string) {
	t.Helper()
	want, target := 1, q.target
	if target == "" {
		want, target = -1, q.uri
	}
	if got, left := lookup(h, q.from, q.uri, "speed_dial", owner); got != want || left != target {
		t.Errorf("%+v gives %d and %s", q, got, left)
	}
}

const alice = "<sip:alice@home.example>"

func TestLookup(t *testing.T) {
	one, two, prefix := param("use_domain", "1"), param("use_domain", "2"), param("domain_prefix", `"tel."`)
	for config, questions := range map[string][]question{
		"": {
			{alice, "sip:11@home.example", "sip:bob@home.example"}, {alice, "sip:13@x", "sip:carol@home.example"}, {alice, "sip:16@x", "sip:sips:b@c"},
			{alice, "sip:18@home.example", "sip:second@home.example"}, {alice, "sip:22@nowhere", "sip:one@x"}, {alice, "tel:11", "sip:bob@home.example"},
			{alice, "sip:99@home.example", ""}, {alice, "sip:home.example", ""}, {"<tel:alice>", "sip:11@x", "sip:bob@home.example"},
			{"<sip:carol@home.example>", "sip:11@x", ""}, {"<sip:home.example>", "sip:11@x", ""}, {"garbage garbage", "sip:11@x", ""}, {alice, "foo:bar", ""},
		},
		one: {
			{"<sip:alice@other.example>", "sip:11@x", "sip:other@home.example"}, {"<sip:alice@tel.home.example>", "sip:11@x", ""}, {alice, "sip:18@x", "sip:second@home.example"},
		},
		one + prefix: {
			{"<sip:alice@TEL.home.example>", "sip:11@x", "sip:bob@home.example"}, {"<sip:alice@tel.>", "sip:11@x", ""},
		},
		two: {
			{alice, "sip:22@third.example", "sip:two@x"}, {alice, "sip:22@nowhere", ""}, {alice, "sip:18@home.example", ""}, {alice, "sip:11@tel.home.example", ""},
		},
		two + prefix: {{alice, "sip:11@tel.home.example", "sip:bob@home.example"}},
	} {
		dbtest.Each(t, func(t *testing.T, url string) {
			h, _ := start(t, url, config)
			for _, q := range questions {
				q.check(t, h, nil)
			}
		})
	}
}

func TestOwner(t *testing.T) {
	h, d := start(t, dbtest.SQLite(t), "")
	for owner, target := range map[string]string{
		"sip:bob@home.example": "sip:bobs@home.example", "": "sip:bob@home.example", "tel:bob": "sip:bobs@home.example",
		"<sip:bob@home.example>": "", "bob": "", "sip:home.example": "",
	} {
		question{alice, "sip:11@home.example", target}.check(t, h, &owner)
	}
	for _, table := range []string{"nosuch", ""} {
		if got, _ := lookup(h, alice, "sip:11@home.example", table, nil); got != -1 {
			t.Errorf("%q gives %d", table, got)
		}
	}
	if err := d.Write(db.Exec("DROP TABLE speed_dial")); err != nil {
		t.Fatal(err)
	}
	question{alice, "sip:11@home.example", ""}.check(t, h, nil)
	h.Run("", func(c *kemi.Ctx) {
		if got := h.Call(c, "speeddial", "lookup", kemi.Str("speed_dial")).Int(); got != -1 {
			t.Error("without a message:", got)
		}
	})
}
