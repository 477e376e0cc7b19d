package auth_xkeys

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const keys = `modparam("auth_xkeys", "xkey", "id=abc;name=one;value=secret1;expires=100")
modparam("auth_xkeys", "xkey", "id=abc;name=two;value=secret2")
modparam("auth_xkeys", "xkey", "id=def;name=x;value=secret3")
modparam("auth_xkeys", "hmac_engine", "crypto")
`

func message(headers ...string) string {
	lines := append([]string{
		"MESSAGE sip:r.example SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "From: <sip:a@a>;tag=1", "To: <sip:b@b>", "Call-ID: 1", "CSeq: 1 MESSAGE",
	}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// hash is what the incumbent makes of a key and data.
func hash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func call(h *kemitest.Host, c *kemi.Ctx, function string, args ...string) int {
	var values []kemi.Value
	for _, a := range args {
		values = append(values, kemi.Str(a))
	}
	return h.Call(c, "auth_xkeys", function, values...).Int()
}

func TestCheck(t *testing.T) {
	h := kemitest.Start(t, keys, Module)
	for _, tc := range []struct {
		header              string
		id, algorithm, data string
		want                int
	}{
		{hash("secret2:data"), "abc", "sha256", "data", 1}, {hash("secret1:data"), "ABC", "SHA256", "data", 1}, // an older key
		{strings.ToUpper(hash("secret2:data")) + "  ", "abc", "sha256", "data", 1},
		{hash("secret3:data"), "abc", "sha256", "data", -1}, {hash("secret2:data"), "abc", "sha256", "date", -1},
		{hash("secret2:data"), "abc", "sha384", "data", -1}, {hash("secret2:data"), "abc", "md5", "data", -1},
		{hash("secret2:data"), "nosuch", "sha256", "data", -1}, {"no hash", "abc", "sha256", "data", -1}, {"", "abc", "sha256", "data", -1},
	} {
		h.Run(message("X-Key: "+tc.header), func(c *kemi.Ctx) {
			if got := call(h, c, "auth_xkeys_check", "x-key", tc.id, tc.algorithm, tc.data); got != tc.want {
				t.Errorf("%+v: %d", tc, got)
			}
			if got := call(h, c, "auth_xkeys_check", "X-Other", tc.id, tc.algorithm, tc.data); got != -1 {
				t.Errorf("without a header: %d", got)
			}
		})
	}
	if strings.Contains(h.Log(), "secret") {
		t.Error("a secret is in the log")
	}
}

func TestAdd(t *testing.T) {
	h := kemitest.Start(t, keys, Module)
	for _, algorithm := range []string{"sha256", "sha384", "SHA512", "hmac-sha256"} {
		h.Run(message(), func(c *kemi.Ctx) {
			if got := call(h, c, "auth_xkeys_add", "X-Key", "abc", algorithm, "data"); got != 1 {
				t.Fatalf("%s: %d", algorithm, got)
			}
			if algorithm == "sha256" && !strings.HasSuffix(c.Msg.Changed(), "\r\nX-Key: "+hash("secret2:data")+"\r\n\r\n") {
				t.Error(c.Msg.Changed())
			}
			if err := c.Msg.ApplyChanges(); err != nil {
				t.Fatal(err)
			}
			if got := call(h, c, "auth_xkeys_check", "X-Key", "abc", algorithm, "data"); got != 1 {
				t.Errorf("%s: its own header is refused: %d", algorithm, got)
			}
		})
	}
	h.Run(message(), func(c *kemi.Ctx) {
		for _, args := range [][]string{{"X", "nosuch", "sha256", "d"}, {"X", "abc", "rot13", "d"}, {"", "abc", "sha256", "d"}} {
			if got := call(h, c, "auth_xkeys_add", args...); got != -1 {
				t.Errorf("%v: %d", args, got)
			}
		}
	})
}

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, tc := range []struct{ method, params, want string }{
		{"list", `[]`, `"message":"No keys"`},
		{"set", `["a","b","c"]`, `"message":"Invalid Parameters"`},
		{"set", `["g","k1","hidden",50]`, `"result":{}`},
		{"list", `[]`, `"KID":"g","KEYS":[{"KEY":{"NAME":"k1","EXPIRES":`},
		{"set", `["g","k2","other",0]`, `"result":{}`}, // the group is there: its key expires now
		{"list", `[]`, `"KEYS":[{"KEY":{"NAME":"k1","EXPIRES":`},
	} {
		got := h.RPC(`{"jsonrpc":"2.0","method":"auth_xkeys_.` + tc.method + `","params":` + tc.params + `,"id":1}`)
		got = strings.NewReplacer("\n", "", "\t", "", " ", "").Replace(got)
		if !strings.Contains(got, strings.ReplaceAll(tc.want, " ", "")) || strings.Contains(got, "hidden") {
			t.Errorf("%s %s: %s, want %s", tc.method, tc.params, got, tc.want)
		}
	}
	h.Run(message("X: "+hash("hidden:d")), func(c *kemi.Ctx) {
		if got := call(h, c, "auth_xkeys_check", "X", "g", "sha256", "d"); got != 1 {
			t.Errorf("the key that was set is not used: %d", got)
		}
	})
}

func TestRefusedSettings(t *testing.T) {
	for setting, want := range map[string]string{
		`"xkey", "id=a;name=b"`: "id=GROUP", `"xkey", "id=a;name=b;value=c;expires=soon"`: "no number of seconds", `"hmac_engine", "x"`: "crypto",
	} {
		if _, err := kemitest.New(t, "modparam(\"auth_xkeys\", "+setting+")\n", Module); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	h := kemitest.Start(b, keys, Module)
	b.ReportAllocs()
	h.Run(message("X-Key: "+hash("secret2:data")), func(c *kemi.Ctx) {
		for b.Loop() {
			if call(h, c, "auth_xkeys_check", "X-Key", "abc", "sha256", "data") != 1 {
				b.Fatal("refused")
			}
		}
	})
}
