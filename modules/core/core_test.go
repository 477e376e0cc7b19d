package core

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func message(start, cseq string) string {
	return strings.ReplaceAll(start+"\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@home.example>;tag=1\n"+
		"To: <sip:b@away.example>\nCall-ID: 1\nCSeq: "+cseq+"\nContent-Length: 0\n\n", "\n", "\r\n")
}

const home = `alias="home.example"` + "\n"

// TestQuestions asks one function after the other about an INVITE to sip:bob:pw@away.example:5070.
func TestQuestions(t *testing.T) {
	h := kemitest.Start(t, home, Module)
	str := func(s string) []kemi.Value { return []kemi.Value{kemi.Str(s)} }
	num := func(n ...int) (list []kemi.Value) {
		for _, x := range n {
			list = append(list, kemi.Int(x))
		}
		return list
	}
	cases := []struct {
		function string
		args     []kemi.Value
		want     bool
	}{
		{"is_INVITE", nil, true}, {"is_BYE", nil, false},
		{"is_method", str("invite"), true}, {"is_method", str("BYE|INVITE"), true}, {"is_method", str("BYE"), false}, {"is_method", str(""), false},
		{"is_method_in", str("IBA"), true}, {"is_method_in", str("R"), false}, {"is_method_in", str("?"), false},
		{"is_UDP", nil, true}, {"is_TCP", nil, false}, {"is_TCPX", nil, false}, {"is_WSX", nil, false}, {"is_IPv4", nil, true}, {"is_IPv6", nil, false},
		{"to_UDP", nil, false}, {"to_IPv4", nil, false}, {"is_method_in", str("bi"), true},
		{"is_proto", str("UT"), true}, {"is_proto", str("E"), false}, {"is_proto", str(""), false},
		{"is_src_port", num(5060), true}, {"is_src_port", num(5061), false}, {"is_dst_port", num(5060), true},
		{"is_myself", str("sip:HOME.example"), true}, {"is_myself", str("home.example"), true}, {"is_myself", str("tel:+1"), false},
		{"is_myself", str("sip:127.0.0.1:5099"), false}, {"is_myself", str(""), false},
		{"is_myself_ruri", nil, false}, {"is_myself_furi", nil, true}, {"is_myself_turi", nil, false}, {"is_myself_duri", nil, false},
		{"is_myself_nhuri", nil, false}, {"is_myself_srcip", nil, false}, {"is_myself_suri", nil, false},
		{"isflagset", num(31), false}, {"setflag", num(31), true}, {"setflag", num(32), false}, {"setflag", num(-1), false},
		{"setbiflag", num(1, 1), true}, {"setbiflag", num(32, 1), false}, {"isbiflagset", num(1, 1), false}, {"setbiflag", num(1, 0), true}, {"isdsturiset", nil, false},
		{"seturi", str(""), true}, {"seturi", []kemi.Value{kemi.Null}, false}, {"setdsturi", str(""), true}, {"setuser", str(strings.Repeat("x", 1024)), false},
	}
	for _, c := range cases {
		h.Run(message("INVITE sip:bob:pw@away.example:5070 SIP/2.0", "1 INVITE"), func(k *kemi.Ctx) {
			if got := h.Call(k, "core", c.function, c.args...); got.Truth() != c.want || got.Kind() != kemi.KindBool {
				t.Errorf("%s%v gives %v %v", c.function, c.args, got.Kind(), got.Truth())
			}
		})
	}
}

// TestMethodOfAReply is the method of the request that it answers.
func TestMethodOfAReply(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(message("SIP/2.0 200 OK", "1 BYE"), func(c *kemi.Ctx) {
		if !h.Call(c, "core", "is_BYE").Truth() || !h.Call(c, "core", "is_method", kemi.Str("BYE")).Truth() || h.Call(c, "core", "is_INVITE").Truth() {
			t.Error("the reply to a BYE is none")
		}
	})
}

func TestFlags(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, kind := range []string{"flag", "bflag", "sflag"} {
		h.Run(message("INVITE sip:b@b SIP/2.0", "1 INVITE"), func(c *kemi.Ctx) {
			flag := func(verb string) bool { return h.Call(c, "core", verb, kemi.Int(7)).Truth() }
			if flag("is"+kind+"set") || !flag("set"+kind) || !flag("is"+kind+"set") || !flag("reset"+kind) || flag("is"+kind+"set") {
				t.Errorf("%s is not set and reset", kind)
			}
		})
	}
}

func TestRewriting(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(message("INVITE sip:bob:pw@away.example:5070;x=1 SIP/2.0", "1 INVITE"), func(c *kemi.Ctx) {
		steps := []struct{ function, arg, want string }{
			{"setuser", "carol", "sip:carol:pw@away.example:5070;x=1"},
			{"sethost", "home.example", "sip:carol:pw@home.example:5070;x=1"},
			{"setuser", "", "sip:home.example:5070;x=1"},
			{"seturi", "tel:+49", "tel:+49"},
			{"sethost", "gw.example", "sip:+49@gw.example;user=phone"},
			{"seturi", "", route.NoURI},
		}
		for _, s := range steps {
			if !h.Call(c, "core", s.function, kemi.Str(s.arg)).Truth() || c.Msg.CurrentURI() != s.want {
				t.Errorf("%s(%q): %s, want %s", s.function, s.arg, c.Msg.CurrentURI(), s.want)
			}
		}
		h.Call(c, "core", "setdsturi", kemi.Str("sip:hop.example"))
		if c.Msg.NextHop() != "sip:hop.example" || !h.Call(c, "core", "isdsturiset").Truth() {
			t.Errorf("next hop %s", c.Msg.NextHop())
		}
		h.Call(c, "core", "resetdsturi")
		if c.Msg.NextHop() != c.Msg.CurrentURI() {
			t.Errorf("next hop %s", c.Msg.NextHop())
		}
	})
}

func TestForwardAndLog(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(message("OPTIONS sip:b@192.0.2.9 SIP/2.0", "1 OPTIONS"), func(c *kemi.Ctx) {
		if h.Call(c, "core", "forward").Int() != 1 || !c.Msg.Handled {
			t.Error("forward to an address")
		}
		if h.Call(c, "core", "forward_uri", kemi.Str("no uri")).Int() != -1 {
			t.Error("forward to no URI")
		}
		if h.Call(c, "core", "set_advertised_port", kemi.Str("50600000")).Int() != 0 || c.Msg.AdvertisePort != "" {
			t.Error("a port that is too long")
		}
		h.Call(c, "core", "notice", kemi.Str("to the log\n"))
		h.Call(c, "core", "log", kemi.Str("err"), kemi.Str("an error"))
		h.Call(c, "core", "set_drop")
		if !c.Msg.Dropped {
			t.Error("set_drop")
		}
	})
	for _, want := range []string{"NOTICE: <script>: to the log\n", "ERROR: <script>: an error\n"} {
		if !strings.Contains(h.Log(), want) {
			t.Errorf("no %q in\n%s", want, h.Log())
		}
	}
}

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, home, Module)
	for method, want := range map[string]string{
		"core.version":      `"result":"moonroute test (`,
		"core.uptime":       `"uptime":`,
		"core.modules":      `"result":[]`,
		"core.sockets_list": `[{"socket":{"proto":"udp","address":"127.0.0.1","ipaddress":"127.0.0.1","port":"5060","mcast":"no","mhomed":"no","virtual":"no"}}]`,
		"core.aliases_list": `{"myself_callbacks":"no","aliases":[{"alias":{"proto":"*","address":"home.example","port":"*"}}]}`,
		"core.ps":           `"shard 0"]`,
		"core.psx":          `"DSC":"shard 0"}]`,
		"core.runinfo":      `"name":"moonroute"`,
		"core.tcp_info":     `"opened_connections":0`,
		"core.ppdefines":    `"KAMAILIO_5"`,
		"core.shmmem":       `"used":`,
	} {
		if got := h.RPC(`{"jsonrpc":"2.0","method":"` + method + `","id":1}`); !strings.Contains(strings.ReplaceAll(got, `": `, `":`), want) {
			t.Errorf("%s: %s, want %s", method, got, want)
		}
	}
}
