package auth

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/digest/digesttest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
	"github.com/moonroute/moonroute/modules/siputils"
)

// message is a request of alice with further headers.
func message(method string, headers ...string) string {
	lines := []string{
		method + " sip:r.example SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "From: <sip:alice@r.example>;tag=1",
		"To: <sip:alice@r.example>", "Call-ID: 1", "CSeq: 1 " + method,
	}
	return strings.Join(append(lines, headers...), "\r\n") + "\r\n\r\n"
}

const (
	password = "wonder"
	ha1      = "5c79f3a4341f0772702b9b0cf976f0e6"
)

var alice = digesttest.Client{User: "alice", Password: password}

// challenged is what a function puts into the reply to a message: the value of its one header.
func challenged(t *testing.T, h *kemitest.Host, text, function string, flags int) (value string) {
	t.Helper()
	h.Run(text, func(c *kemi.Ctx) {
		if r := h.Call(c, "auth", function, kemi.Str("r.example"), kemi.Int(flags)).Int(); r != 1 || len(c.Msg.Answer.Headers) != 1 || !c.Msg.Handled {
			t.Fatalf("%s: %d, %q", function, r, c.Msg.Answer.Headers)
		}
		value = c.Msg.Answer.Headers[0]
	})
	return value
}

func TestChallenges(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	for _, tc := range []struct {
		method, function string
		flags            int
		begin, end       string
	}{
		{"REGISTER", "auth_challenge", 0, "WWW-Authenticate: Digest realm=\"r.example\", nonce=\"", "\"\r\n"},
		{"MESSAGE", "auth_challenge", 1, "Proxy-Authenticate: ", ", qop=\"auth\"\r\n"},
		{"MESSAGE", "www_challenge", 2, "WWW-Authenticate: ", ", qop=\"auth-int\"\r\n"},
		{"REGISTER", "proxy_challenge", 19, "Proxy-Authenticate: ", ", qop=\"auth-int\", stale=true\r\n"},
	} {
		got := challenged(t, h, message(tc.method), tc.function, tc.flags)
		if !strings.HasPrefix(got, tc.begin) || !strings.HasSuffix(got, tc.end) {
			t.Errorf("%s %s(%d): %s", tc.method, tc.function, tc.flags, got)
		}
	}
	h.Run(message("ACK"), func(c *kemi.Ctx) {
		if r := h.Call(c, "auth", "auth_challenge", kemi.Str("r"), kemi.Int(0)).Int(); r != -3 {
			t.Errorf("an ACK is answered: %d", r)
		}
	})
}

// TestRegister goes the whole way: a REGISTER is challenged, comes again with credentials and is let in.
func TestRegister(t *testing.T) {
	for _, tc := range []struct {
		algorithm string
		flags     int
	}{{"", 0}, {"", 1}, {"MD5", 2}, {"SHA-256", 1}, {"SHA-256", 2}, {"SHA-512-256", 1}} {
		h := kemitest.Start(t, `modparam("auth", "algorithm", "`+tc.algorithm+"\")\n", pv.Module, siputils.Module, Module)
		x := challenged(t, h, message("REGISTER"), "auth_challenge", tc.flags)
		answer := alice.Answer(x, digesttest.Request{Method: "REGISTER", URI: "sip:r.example"})
		h.Run(message("REGISTER", "Authorization: "+answer), func(c *kemi.Ctx) {
			user, err := h.Registry.Var("$au")
			if err != nil {
				t.Fatal(err)
			}
			isAlice := func() int { return h.Call(c, "siputils", "is_user", kemi.Str("alice")).Int() }
			if isAlice() != -1 {
				t.Error("the user is known before the check")
			}
			r := h.Call(c, "auth", "pv_auth_check", kemi.Str("r.example"), kemi.Str(password), kemi.Int(0), kemi.Int(1)).Int()
			if r != 1 || isAlice() != 1 || user.Get(c).Text() != "alice" {
				t.Errorf("%+v: %d, is_user %d, $au %s", tc, r, isAlice(), user.Get(c).Text())
			}
			if r := h.Call(c, "auth", "consume_credentials").Int(); r != 1 || strings.Contains(c.Msg.Changed(), "Authorization") {
				t.Errorf("consume_credentials: %d\n%s", r, c.Msg.Changed())
			}
		})
	}
}

func TestCodes(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	x := challenged(t, h, message("MESSAGE"), "auth_challenge", 1)
	answer := alice.Answer(x, digesttest.Request{Method: "MESSAGE", URI: "sip:r.example"})
	text := func(s string) kemi.Value { return kemi.Str(s) }
	realm, right, wrong, none := text("r.example"), text(password), text("x"), kemi.Int(0)
	for _, tc := range []struct {
		header, function string
		args             []kemi.Value
		want             int
	}{
		{"Proxy-Authorization", "pv_proxy_authenticate", []kemi.Value{realm, right, none}, 1},
		{"Proxy-Authorization", "pv_proxy_authenticate", []kemi.Value{realm, wrong, none}, -2},
		{"Proxy-Authorization", "pv_proxy_authenticate", []kemi.Value{text("other"), right, none}, -5},
		{"Proxy-Authorization", "pv_www_authenticate", []kemi.Value{realm, right, none}, -5},
		{"Authorization", "pv_www_authenticate", []kemi.Value{realm, right, none}, 1},
		{"Authorization", "pv_www_authenticate", []kemi.Value{realm, text(""), none}, -1},
		{"Authorization", "pv_www_authenticate", []kemi.Value{realm, text(ha1), kemi.Int(1)}, 1},
		{"Authorization", "pv_www_authenticate", []kemi.Value{realm, text(""), kemi.Int(1)}, -1},
		{"Authorization", "pv_www_authenticate_method", []kemi.Value{realm, right, none, text("MESSAGE")}, 1},
		{"Authorization", "pv_www_authenticate_method", []kemi.Value{realm, right, none, text("INVITE")}, -2},
		{"Proxy-Authorization", "pv_auth_check", []kemi.Value{realm, right, none, none}, 1},
		{"Authorization", "pv_auth_check", []kemi.Value{realm, right, none, none}, -5},
		{"Authorization", "has_credentials", []kemi.Value{realm}, 1},
		{"Authorization", "has_credentials", []kemi.Value{text("other")}, -1},
		{"Authorization", "consume_credentials", nil, -1},
		{"Authorization", "auth_algorithm", []kemi.Value{text("SHA-256")}, 1},
		{"Authorization", "auth_algorithm", []kemi.Value{text("CRC-32")}, -1},
		{"Authorization", "auth_get_www_authenticate", []kemi.Value{realm, none, text("$ci")}, -1},
	} {
		h.Run(message("MESSAGE", tc.header+": "+answer), func(c *kemi.Ctx) {
			if got := h.Call(c, "auth", tc.function, tc.args...).Int(); got != tc.want {
				t.Errorf("%s%v with %s: %d, want %d", tc.function, tc.args, tc.header, got, tc.want)
			}
		})
	}
	if strings.Contains(h.Log(), password) || strings.Contains(h.Log(), ha1) {
		t.Error("a secret is in the log")
	}
}

// TestChallengeForTheScript leaves challenges in variables.
func TestChallengeForTheScript(t *testing.T) {
	h := kemitest.Start(t, "modparam(\"auth\", \"challenge_attr\", \"$mine\")\n", pv.Module, Module)
	read := func(c *kemi.Ctx, name string) string {
		v, err := h.Registry.Var(name)
		if err != nil {
			t.Fatal(err)
		}
		return v.Get(c).Text()
	}
	for flags, want := range map[int]string{2: "\"\r\n", 4: "qop=\"auth\"\r\n", 12: "qop=\"auth-int\"\r\n", 0: ""} {
		h.Run(message("MESSAGE"), func(c *kemi.Ctx) {
			r := h.Call(c, "auth", "pv_auth_check", kemi.Str("r"), kemi.Str("p"), kemi.Int(flags), kemi.Int(0)).Int()
			if got := read(c, "$avp(mine)"); r != -5 || !strings.HasSuffix(got, want) || want != "" && !strings.HasPrefix(got, "Proxy-Authenticate: ") {
				t.Errorf("flags %d: %d, %q", flags, r, got)
			}
		})
	}
	h.Run(message("MESSAGE"), func(c *kemi.Ctx) {
		r := h.Call(c, "auth", "auth_get_www_authenticate", kemi.Str("r"), kemi.Int(1), kemi.Str("$var(x)")).Int()
		if got := read(c, "$var(x)"); r != 1 || !strings.HasPrefix(got, "WWW-Authenticate: Digest realm=\"r\", ") {
			t.Errorf("%d, %q", r, got)
		}
	})
}

func TestRefusedParameters(t *testing.T) {
	for setting, want := range map[string]string{
		`"qop", "foo"`: "auth-int", `"algorithm", "foo"`: "SHA-512-256", `"challenge_attr", "x"`: "$digest_challenge",
		`"nonce_count", 1` + ")\nmodparam(\"auth\", \"nc_array_order\", 40": "too large",
	} {
		h, err := kemitest.New(t, "modparam(\"auth\", "+setting+")\n", pv.Module, Module)
		if err == nil {
			err = h.Server.Start()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	h := kemitest.Start(t, `modparam("auth", "qop", "")
modparam("auth", "nonce_count", 1)
modparam("auth", "secret", "short")
modparam("auth", "auth_checks_register", 8)
`, pv.Module, Module)
	for _, want := range []string{"nonce_count needs a qop", "a longer secret"} {
		if !strings.Contains(h.Log(), want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if strings.Contains(h.Log(), "short") {
		t.Error("the secret is in the log")
	}
}

// TestEventsWithoutMessage calls functions where there is nothing to check.
func TestEventsWithoutMessage(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Run("", func(c *kemi.Ctx) {
		for function, args := range map[string][]kemi.Value{
			"pv_auth_check": {kemi.Str("r"), kemi.Str("p"), kemi.Int(0), kemi.Int(0)}, "auth_challenge": {kemi.Str("r"), kemi.Int(0)},
			"has_credentials": {kemi.Str("r")}, "consume_credentials": nil,
		} {
			if r := h.Call(c, "auth", function, args...).Int(); r != -1 {
				t.Errorf("%s: %d", function, r)
			}
		}
		if r := h.Call(c, "auth", "auth_algorithm", kemi.Str("SHA-256")).Int(); r != 1 {
			t.Errorf("auth_algorithm: %d", r)
		}
	})
	if x := challenged(t, h, message("MESSAGE"), "auth_challenge", 0); !strings.HasSuffix(x, "algorithm=SHA-256\r\n") {
		t.Error(x)
	}
}

// TestParameters: names of headers, the server's own proof, and nonces that are good once.
func TestParameters(t *testing.T) {
	param := func(name, value string) string { return fmt.Sprintf("modparam(\"auth\", %q, %s)\n", name, value) }
	h := kemitest.Start(t, param("www_challenge_header", `"X-WWW"`)+param("proxy_challenge_header", `"X-Proxy"`)+param("add_authinfo_hdr", "1")+
		param("one_time_nonce", "1")+param("otn_in_flight_no", "65536"), pv.Module, Module)
	for method, header := range map[string]string{"REGISTER": "X-WWW", "MESSAGE": "X-Proxy"} {
		x := challenged(t, h, message(method), "auth_challenge", 1)
		if !strings.HasPrefix(x, header+": Digest ") {
			t.Errorf("%s: %s", method, x)
		}
	}
	x := challenged(t, h, message("REGISTER"), "auth_challenge", 1)
	answer := alice.Answer(x, digesttest.Request{Method: "REGISTER", URI: "sip:r.example"})
	for attempt, want := range []int{1, -6} {
		h.Run(message("REGISTER", "Authorization: "+answer), func(c *kemi.Ctx) {
			r := h.Call(c, "auth", "pv_www_authenticate", kemi.Str("r.example"), kemi.Str(password), kemi.Int(0)).Int()
			proof := strings.Join(c.Msg.Answer.Headers, "")
			if r != want || strings.Contains(proof, "Authentication-Info: ") != (want == 1) {
				t.Errorf("attempt %d: %d, the reply gets %q", attempt+1, r, proof)
			}
		})
	}
}
