//go:build unix

package exec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/exec"
	"github.com/moonroute/moonroute/modules/pv"
)

const invite = "INVITE sip:b'o;x=$(id)@biloxi.example SIP/2.0\r\n" +
	"v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK0\r\n" +
	"From: <sip:alice@atlanta.example>;tag=a\r\nTo: <sip:bob@biloxi.example>;tag=tt\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n" +
	"X-Foo.Bar_baz: one\r\nx-foo.bar_baz: two\r\nk: path, timer\r\nSupported: 100rel\r\nx-empty:\r\n" +
	"X-Shock: () { :; }\r\nX-Self: $(echo evil)\r\nContent-Length: 0\r\n\r\n"

// host runs commands for the message above.
type host struct {
	*kemitest.Host
	t *testing.T
	c *kemi.Ctx
}

func with(t *testing.T, config string, f func(h *host)) {
	t.Helper()
	h := &host{Host: kemitest.Start(t, config, corepv.Module, pv.Module, exec.Module), t: t}
	h.Run(invite, func(c *kemi.Ctx) {
		h.c = c
		f(h)
	})
}

func (h *host) call(name, command string) int {
	return h.Call(h.c, "exec", name, kemi.Str(command)).Int()
}

func (h *host) read(name string) string {
	h.t.Helper()
	v, err := h.Registry.Var(name)
	if err != nil {
		h.t.Fatal(err)
	}
	return v.Get(h.c).Text()
}

func TestResults(t *testing.T) {
	cases := []struct {
		function, command string
		want              int
	}{
		{"exec_cmd", "true", 1}, {"exec_cmd", "", 1}, {"exec_cmd", "exit 3", -1}, {"exec_cmd", "no-such-command 2>/dev/null", -1},
		{"exec_cmd", "kill -9 $$", -1}, {"exec_msg", "true", 1}, {"exec_msg", "false", -1}, {"exec_msg", "cat >/dev/null; exit 2", -1},
		{"exec_msg", `grep -q '^Call-ID: c1'`, 1}, {"exec_avp", "true", 1}, {"exec_avp", "", 1}, {"exec_avp", "echo a; exit 3", -1},
		{"exec_dset", "true", -1}, {"exec_dset", "", -1},
	}
	with(t, "", func(h *host) {
		for _, tc := range cases {
			if got := h.call(tc.function, tc.command); got != tc.want {
				t.Errorf("%s %q gives %d, want %d", tc.function, tc.command, got, tc.want)
			}
		}
	})
}

func TestAVPs(t *testing.T) {
	with(t, "", func(h *host) {
		h.call("exec_avp", `printf 'a \t\r\n\n 12\nlast'`)
		if got := h.read("$avp(i:1)") + "|" + h.read("$avp(i:2)") + "|" + h.read("$avp(i:3)") + "|" + h.read("$avp(i:4)"); got != "a| 12|last|" {
			t.Errorf("the AVPs are %q", got)
		}
		h.call("exec_avp", "echo newer; exit 3")
		if got := h.read("$avp(i:1)") + "|" + h.read("$(avp(i:1)[1])"); got != "newer|a" {
			t.Errorf("after a command that failed they are %q", got)
		}
		h.call("exec_avp", "yes | head -c 1000000")
		if got := h.read("$avp(i:4096)") + h.read("$avp(i:4097)"); got != "y" {
			t.Errorf("the bound on lines is elsewhere: %q", got)
		}
	})
}

func TestURIs(t *testing.T) {
	with(t, "", func(h *host) {
		if h.call("exec_dset", "printf '%s\\n'") != 1 || h.read("$ru") != "sip:b'o;x=$(id)@biloxi.example" {
			t.Errorf("the URI came back as %q", h.read("$ru"))
		}
		h.call("exec_dset", "echo sip:one@x.example; echo; echo sip:two@x.example; true")
		if got := h.read("$ru") + " " + h.read("$br"); got != "sip:one@x.example sip:two@x.example" {
			t.Errorf("the targets are %q", got)
		}
		if got := h.call("exec_dset", "seq -f sip:%g@x 20; true"); got != -1 || len(h.c.Msg.Branches) != 11 {
			t.Errorf("20 URIs give %d and %d branches", got, len(h.c.Msg.Branches))
		}
	})
}

func TestEnvironment(t *testing.T) {
	t.Setenv("DB_PASSWORD", "secret")
	want := map[string]string{
		"SIP_HF_VIA": "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1,SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK0", "SIP_HF_CALLID": "c1",
		"SIP_HF_CONTENT_LENGTH": "0", "SIP_HF_X_FOO_BAR_BAZ": "one,two", "SIP_HF_SUPPORTED": "path, timer,100rel", "SIP_HF_X_EMPTY": "",
		"SIP_HF_X_SELF": "$(echo evil)", "SIP_HF_X_SHOCK": " () { :; }", "SIP_DID": "tt", "SIP_SRCIP": "192.0.2.1",
		"SIP_ORUI": "sip:b'o;x=$(id)@biloxi.example", "SIP_ORURI": "sip:b'o;x=$(id)@biloxi.example", "SIP_OUSER": "b'o;x=$(id)",
		"SIP_RURI": "sip:new@x", "SIP_USER": "new", "DB_PASSWORD": "",
	}
	with(t, "", func(h *host) {
		h.c.Msg.SetURI("sip:new@x")
		for name, value := range want {
			h.call("exec_avp", fmt.Sprintf(`printf '%%s.\n' "$%s"`, name))
			if got := h.read("$avp(i:1)"); got != value+"." {
				t.Errorf("%s is %q, want %q", name, got, value)
			}
		}
		h.call("exec_cmd", "exit 1")
	})
	with(t, "modparam(\"exec\", \"setvars\", 0)\n", func(h *host) {
		if h.call("exec_avp", `test -z "$SIP_HF_VIA"`) != 1 {
			t.Error("there are variables with setvars=0")
		}
	})
}

func TestTimeLimit(t *testing.T) {
	with(t, "modparam(\"exec\", \"time_to_kill\", 5)\n", func(h *host) {
		if got := h.call("exec_avp", "echo begun; sleep 600 & sleep 600; echo ended"); got != -1 {
			t.Errorf("it gives %d", got)
		}
		if h.read("$avp(i:1)") != "begun" || !strings.Contains(h.Log(), "longer than time_to_kill") {
			t.Error("the output or the record of the log is lost")
		}
	})
}

func TestWithoutMessage(t *testing.T) {
	h := &host{Host: kemitest.Start(t, "", exec.Module), t: t}
	h.Run("", func(c *kemi.Ctx) {
		h.c = c
		for name, want := range map[string]int{"exec_cmd": 1, "exec_msg": -1, "exec_avp": -1, "exec_dset": -1} {
			if got := h.call(name, "true"); got != want {
				t.Errorf("%s gives %d, want %d", name, got, want)
			}
		}
	})
}
