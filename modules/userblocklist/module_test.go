package userblocklist

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const (
	globalFile = "id(int,auto) prefix(string,null) allowlist(int) description(string,null)\n1::0:\n2:1:1:\n3:123456:0:a\\:b\n4:123455787:0:\n"
	userFile   = "id(int,auto) username(string,null) domain(string,null) prefix(string,null) allowlist(int)\n" +
		"23:alice::1234:0\n22:alice::123456788:1\n19:bob:test:499:0\n18:bob::49901:1\n"
)

// start makes a host with the two tables above.
func start(t *testing.T, config string) (h *kemitest.Host, directory string) {
	t.Helper()
	directory = t.TempDir()
	write(t, directory, "globalblocklist", globalFile)
	write(t, directory, "userblocklist", userFile)
	return kemitest.Start(t, "modparam(\"userblocklist\", \"db_url\", \"text://"+directory+"\")\n"+config, Module), directory
}

func write(t *testing.T, directory, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func invite(user string) string {
	return "INVITE sip:" + user + "@biloxi.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\n" +
		"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
}

func TestCalledNumber(t *testing.T) {
	h, _ := start(t, "")
	cases := []struct {
		user                                    string
		blocklist, allowlist, userBlock, userOK int
	}{
		{"123456788", -1, -1, 1, 1}, {"+12-999", 1, 1, 1, -1}, {"777", 1, -1, 1, -1}, {"abc", 1, -1, 1, -1}, {"12349", 1, 1, -1, -1},
	}
	alice := []kemi.Value{kemi.Str("alice"), kemi.Str("")}
	for _, tc := range cases {
		h.Run(invite(tc.user), func(c *kemi.Ctx) {
			call := func(name string, want int, args ...kemi.Value) {
				if got := h.Call(c, "userblocklist", name, args...); got.Int() != want {
					t.Errorf("%s of %s gives %d, want %d", name, tc.user, got.Int(), want)
				}
			}
			call("check_blocklist", tc.blocklist, kemi.Str("globalblocklist"))
			call("check_global_blocklist", tc.blocklist)
			call("check_allowlist", tc.allowlist, kemi.Str("globalblocklist"))
			call("check_user_blocklist", tc.userBlock, alice...)
			call("check_user_allowlist", tc.userOK, alice...)
			call("check_blocklist", 1, kemi.Str("nosuch"))
			call("check_blocklist", 1, kemi.Str("../globalblocklist"))
		})
	}
}

func TestGivenNumber(t *testing.T) {
	cases := []struct {
		function, user, domain, number string
		want                           int
		table                          string
	}{
		{"check_user_blocklist_number", "alice", "", "12345", -1, ""}, {"check_user_blocklist_number", "alice", "", "123456788", 1, ""},
		{"check_user_allowlist_number", "alice", "", "123456788", 1, ""}, {"check_user_allowlist_number", "alice", "", "12345", -1, ""},
		{"check_user_blocklist_table", "alice", "", "12345", -1, "userblocklist"}, {"check_user_allowlist_table", "alice", "", "123456788", 1, "userblocklist"},
		{"check_user_blocklist_table", "alice", "", "777", -1, "nosuch"}, {"check_user_blocklist_number", "bob", "test", "499", -1, ""},
		{"check_user_allowlist_number", "bob", "x", "4990155", 1, ""}, {"check_user_blocklist_number", "alice", "", "", 1, ""},
		{"check_user_blocklist_number", "", "", "1234", 1, ""}, {"check_user_blocklist_number", "alice", "", "+1 2-34", 1, ""},
	}
	h, _ := start(t, "")
	h.Run("", func(c *kemi.Ctx) {
		for _, tc := range cases {
			args := []kemi.Value{kemi.Str(tc.user), kemi.Str(tc.domain), kemi.Str(tc.number)}
			if tc.table != "" {
				args = append(args, kemi.Str(tc.table))
			}
			if got := h.Call(c, "userblocklist", tc.function, args...); got.Int() != tc.want {
				t.Errorf("%+v gives %d", tc, got.Int())
			}
		}
	})
}

func TestDomains(t *testing.T) {
	h, _ := start(t, "modparam(\"userblocklist\", \"use_domain\", 1)\n")
	h.Run("", func(c *kemi.Ctx) {
		for domain, want := range map[string]int{"test": -1, "x": 1, "": 1} {
			if got := h.Call(c, "userblocklist", "check_user_blocklist_number", kemi.Str("bob"), kemi.Str(domain), kemi.Str("499")); got.Int() != want {
				t.Errorf("in %q it gives %d", domain, got.Int())
			}
		}
	})
}

func TestCommands(t *testing.T) {
	h, directory := start(t, "")
	cases := []struct{ method, params, want string }{
		{"dump_blocklist", `[]`, `"result":{"prefix":"123456","allowlist":"0"}`},
		{"check_blocklist", `["123456"]`, `"result":{"prefix":"123456","blocklisted":"true"}`},
		{"check_blocklist", `["1"]`, `"blocklisted":"false"`},
		{"check_blocklist", `[]`, `"code":500,"message":"Check failed:1 argument needed (\"prefix\")"`},
		{"check_allowlist", `["1234"]`, `"allowlisted":"true"`},
		{"check_userblocklist", `["1234","alice"]`, `"result":{"prefix":"1234","user":"alice","domain":"","blocklisted":"true"}`},
		{"check_userallowlist", `["123456788","alice"]`, `"allowlisted":"true"`},
		{"check_userblocklist", `["1234"]`, `2 or 3 arguments needed`},
	}
	ask := func(method, params string) string {
		got := h.RPC(`{"jsonrpc":"2.0","method":"userblocklist.` + method + `","params":` + params + `,"id":1}`)
		return strings.NewReplacer("\n", "", "\t", "", ": ", ":", ", \"", ",\"").Replace(got)
	}
	for _, tc := range cases {
		if got := ask(tc.method, tc.params); !strings.Contains(got, tc.want) {
			t.Errorf("%s %s: %s\nwant %s", tc.method, tc.params, got, tc.want)
		}
	}
	write(t, directory, "globalblocklist", globalFile+"5:9:0:\n")
	if got := ask("check_blocklist", `["9"]`) + ask("reload_blocklist", `[]`) + ask("check_blocklist", `["9"]`); !strings.Contains(got, `"blocklisted":"false"`) ||
		!strings.Contains(got, `"result":"200 ok"`) || !strings.Contains(got, `"blocklisted":"true"`) {
		t.Error(got)
	}
	write(t, directory, "globalblocklist", "junk")
	if got := ask("reload_blocklist", `[]`) + ask("check_blocklist", `["9"]`); !strings.Contains(got, "Reload failed") || !strings.Contains(got, `"blocklisted":"true"`) {
		t.Error(got)
	}
}

func TestRefusedSettings(t *testing.T) {
	directory := t.TempDir()
	write(t, directory, "globalblocklist", globalFile)
	for text, want := range map[string]string{
		`modparam("userblocklist", "db_url", "mysql://a:secret@127.0.0.1:1/y")`:                                                                   "mysql://a:***@127.0.0.1:1/y",
		`modparam("userblocklist", "db_url", "text:")`:                                                                                            "needs the path",
		`modparam("userblocklist", "db_url", "text:///no/such/directory")`:                                                                        "no such file",
		"modparam(\"userblocklist\", \"db_url\", \"text:" + directory + "\")\nmodparam(\"userblocklist\", \"match_mode\", 11)":                    "10 or 128",
		"modparam(\"userblocklist\", \"db_url\", \"text:" + directory + "\")\nmodparam(\"userblocklist\", \"globalblocklist_prefix_col\", \"p\")": "no such column",
	} {
		h, err := kemitest.New(t, text+"\n", Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzParseText(f *testing.F) {
	f.Add(globalFile)
	f.Add("a(b)\n\\")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := parseText(text)
		if err != nil {
			return
		}
		for _, fields := range table.fields {
			if len(fields) != len(table.columns) {
				t.Fatalf("%d fields in %d columns", len(fields), len(table.columns))
			}
		}
	})
}
