package corex

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

const (
	request = "MESSAGE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n" +
		"To: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nUser-Agent: x\r\nContent-Length: 0\r\n\r\n"
	sockets = "listen=udp:127.0.0.1:5070 name \"second\"\nlisten=udp:127.0.0.1:5080 advertise 203.0.113.9:5090 name \"public\"\n"
)

func start(t *testing.T, params string) *kemitest.Host {
	return kemitest.Start(t, sockets+params+"\n", pv.Module, Module)
}

func str(texts ...string) (list []kemi.Value) {
	for _, text := range texts {
		list = append(list, kemi.Str(text))
	}
	return list
}

func TestBranches(t *testing.T) {
	h := start(t, "")
	h.Run(request, func(c *kemi.Ctx) {
		c.Msg.DstURI, c.Msg.Target.Flags = "sip:d.example", 5
		for _, x := range []struct {
			name string
			args []kemi.Value
			want int
		}{
			{"append_branch", nil, 1}, {"append_branch_uri", str("sip:x@y"), 1}, {"append_branch_uri", str(""), 1},
			{"append_branch_uri_q", str("sip:x@y", "0.123"), 1}, {"append_branch_uri_q", str("sip:x@y", ""), 1},
			{"append_branch_uri_q", str("sip:x@y", "1.5"), -1}, {"append_branch_uri_q", str("sip:x@y", "bad"), -1},
		} {
			if got := h.Call(c, "corex", x.name, x.args...).Int(); got != x.want {
				t.Errorf("%s%v: %d, want %d", x.name, x.args, got, x.want)
			}
		}
		b := c.Msg.Branches
		if b[0].URI != "sip:bob@b.example" || b[1].URI != "sip:x@y" || b[1].DstURI != "sip:d.example" || b[1].Flags != 5 ||
			b[3].Q != 123 || b[4].Q != route.QUnset {
			t.Errorf("branches %+v", b)
		}
		for range 20 {
			h.Call(c, "corex", "append_branch")
		}
		if len(c.Msg.Branches) != route.MaxBranches-1 {
			t.Errorf("%d branches", len(c.Msg.Branches))
		}
	})
}

func TestFlags(t *testing.T) {
	h := start(t, "")
	h.Run(request, func(c *kemi.Ctx) {
		for _, x := range []struct {
			name       string
			flag, want int
		}{
			{"isxflagset", 40, -1}, {"setxflag", 40, 1}, {"isxflagset", 40, 1}, {"isxflagset", 8, -1}, {"resetxflag", 40, 1},
			{"isxflagset", 40, -1}, {"setxflag", 64, -1}, {"setxflag", -1, -1},
		} {
			if got := h.Call(c, "corex", x.name, kemi.Int(x.flag)).Int(); got != x.want {
				t.Errorf("%s(%d): %d, want %d", x.name, x.flag, got, x.want)
			}
		}
	})
}

func TestSockets(t *testing.T) {
	h := start(t, "")
	h.Run(request, func(c *kemi.Ctx) {
		for _, x := range []struct{ name, arg, send, received string }{
			{"set_send_socket", "udp:127.0.0.1:5070", "udp:127.0.0.1:5070", "udp:127.0.0.1:5060"},
			{"set_send_socket", "udp:127.0.0.1:1", "udp:127.0.0.1:5070", "udp:127.0.0.1:5060"},
			{"set_send_socket", "127.0.0.1", "udp:127.0.0.1:5060", "udp:127.0.0.1:5060"},
			{"set_send_socket_name", "public", "udp:127.0.0.1:5080", "udp:127.0.0.1:5060"},
			{"set_recv_socket", "127.0.0.1:5070", "udp:127.0.0.1:5080", "udp:127.0.0.1:5070"},
			{"set_recv_socket_name", "nosuch", "udp:127.0.0.1:5080", "udp:127.0.0.1:5070"},
			{"set_recv_socket_name", "public", "udp:127.0.0.1:5080", "udp:127.0.0.1:5080"},
		} {
			if got := h.Call(c, "corex", x.name, kemi.Str(x.arg)).Int(); got != 1 {
				t.Errorf("%s(%s): %d", x.name, x.arg, got)
			}
			if c.Msg.Socket.String() != x.send || c.Msg.Flow.Local.String() != x.received {
				t.Errorf("%s(%s): sends by %s, received by %s", x.name, x.arg, c.Msg.Socket, c.Msg.Flow.Local)
			}
		}
		for name, want := range map[string]int{"second": 1, "x": -1, "": -1} {
			if got := h.Call(c, "corex", "is_socket_name", kemi.Str(name)).Int(); got != want {
				t.Errorf("is_socket_name(%s): %d", name, got)
			}
		}
	})
}

func TestSourceAddress(t *testing.T) {
	h := start(t, "")
	for text, want := range map[string]string{
		"192.0.2.55:5099": "192.0.2.55:5099", "udp:192.0.2.55:77": "192.0.2.55:77", "udp:192.0.2.55": "192.0.2.55:192", "192.0.2.55": "192.0.2.55:0",
		"1.2.3.4:99999": "1.2.3.4:34463", "[2001:db8::1]:5060": "[2001:db8::1]:5060",
		"foo.example:5": "", "udp:1.2.3.4:x": "", "xyz:1.2.3.4:5": "", ":5": "", "1.2.3.4:": "", "": "",
	} {
		h.Run(request, func(c *kemi.Ctx) {
			code := 1
			if want == "" {
				code, want = -1, c.Msg.Flow.Remote.String()
			}
			if got := h.Call(c, "corex", "set_source_address", kemi.Str(text)).Int(); got != code || c.Msg.Flow.Remote.String() != want {
				t.Errorf("%q: %d, %s", text, got, c.Msg.Flow.Remote)
			}
		})
	}
}

func TestVia(t *testing.T) {
	h := start(t, "server_id=7\nxavp_via_params=\"vp\"\nxavp_via_fields=\"vf\"\nxavp_via_reply_params=\"vr\"")
	h.Run(request, func(c *kemi.Ctx) {
		set := func(name, value string) { h.Registry.FindVar(name).Set(c, kemi.Str(value)) }
		set("$xavp(vp=>oc)", "5")
		set("$xavp(vf=>address)", "9.9.9.9")
		set("$xavp(vf[0]=>port)", "99")
		set("$xavp(vr=>x)", "y")
		out := &route.Outgoing{Flow: c.Msg.Flow, Branch: "b"}
		via := func() string {
			_, rest, _ := strings.Cut(string(route.AppendRequest(nil, c.Msg, out)), "Via: ")
			line, _, _ := strings.Cut(rest, "\r\n")
			return line
		}
		for _, x := range []struct {
			name string
			mode int
			want string
		}{
			{"via_add_srvid", 0, "SIP/2.0/UDP 127.0.0.1:5060;branch=b"},
			{"via_add_srvid", 1, "SIP/2.0/UDP 127.0.0.1:5060;branch=b;srvid=7"},
			{"via_add_xavp_params", 1, "SIP/2.0/UDP 127.0.0.1:5060;branch=b;srvid=7;oc=5"},
			{"via_use_xavp_fields", 1, "SIP/2.0/UDP 9.9.9.9:99;branch=b;srvid=7;oc=5"},
			{"via_add_srvid", 0, "SIP/2.0/UDP 9.9.9.9:99;branch=b;oc=5"},
			{"via_reply_add_xavp_params", 1, "SIP/2.0/UDP 9.9.9.9:99;branch=b;oc=5"},
		} {
			if got := h.Call(c, "corex", x.name, kemi.Int(x.mode)).Int(); got != 1 || via() != x.want {
				t.Errorf("%s(%d): %d, %s", x.name, x.mode, got, via())
			}
		}
		reply := string(route.AppendLocalReply(nil, c.Msg, &route.LocalReply{Code: 200, Reason: "OK"}))
		if !strings.Contains(reply, "branch=z9hG4bK1;x=y\r\n") {
			t.Error(reply)
		}
	})
}

func TestSends(t *testing.T) {
	h := start(t, "")
	h.Run(request, func(c *kemi.Ctx) {
		for _, x := range []struct {
			name string
			args []kemi.Value
			want int
		}{
			{"send_data", str("sip:192.0.2.7", "x"), 1}, {"send_data", str("udp:192.0.2.7:5060", "x"), -1},
			{"sendx", str("sip:192.0.2.7", "udp:127.0.0.1:5070", "x"), 1}, {"sendx", str("tel:1", "udp:127.0.0.1:5070", "x"), -1},
			{"forward_uac_uri", str("sip:192.0.2.7"), 1}, {"forward_uac_uri", str("bad"), -1},
			{"forward_uac_uri_branch", []kemi.Value{kemi.Str("sip:192.0.2.7"), kemi.Int(2)}, 1},
		} {
			if got := h.Call(c, "corex", x.name, x.args...).Int(); got != x.want {
				t.Errorf("%s%v: %d, want %d", x.name, x.args, got, x.want)
			}
		}
		if !c.Msg.Edits.Empty() {
			t.Error("forward_uac changed the message itself")
		}
	})
}

func TestMessage(t *testing.T) {
	h := start(t, "")
	h.Run(request, func(c *kemi.Ctx) {
		for uri, want := range map[string]int{"": 1, "sip:b": -1, "sip:@b": -1, "tel:+1": 1, "xx": -1} {
			c.Msg.SetURI(uri)
			if got := h.Call(c, "corex", "has_ruri_user").Int(); got != want {
				t.Errorf("has_ruri_user of %q: %d", uri, got)
			}
		}
		if h.Call(c, "corex", "has_user_agent").Int() != 1 || h.Call(c, "corex", "is_faked_msg").Int() != -1 {
			t.Error("has_user_agent or is_faked_msg is wrong")
		}
	})
}

func TestFiles(t *testing.T) {
	h := start(t, "")
	path := filepath.Join(t.TempDir(), "f")
	h.Run(request, func(c *kemi.Ctx) {
		for _, x := range []struct {
			name string
			args []kemi.Value
			want kemi.Value
		}{
			{"file_write", str(path, "abc"), kemi.Int(1)}, {"file_read", str(path), kemi.Str("abc")},
			{"file_read", str(path + "x"), kemi.Str("")}, {"file_write", str(filepath.Join(path, "x"), "y"), kemi.Int(-1)}, {"file_write", str("", "y"), kemi.Int(-1)},
		} {
			if got := h.Call(c, "corex", x.name, x.args...); got != x.want {
				t.Errorf("%s%v: %v, want %v", x.name, x.args, got, x.want)
			}
		}
	})
}

func TestVariables(t *testing.T) {
	h := start(t, "")
	h.Run(request, func(c *kemi.Ctx) {
		for name, want := range map[string]kemi.Value{
			"$lsock(n/second/listen)":           kemi.Str("udp:127.0.0.1:5070"),
			"$lsock(l/udp:127.0.0.1:5080/name)": kemi.Str("public"),
			"$lsock(n/public/advertise)":        kemi.Str("udp:203.0.113.9:5090"),
			"$lsock(n/second/advertise)":        kemi.Null,
			"$lsock(n/nosuch/listen)":           kemi.Null,
			"$cfg(line)":                        kemi.Int(0),
			"$cfg(route)":                       kemi.Null,
			"$atkv(key)":                        kemi.Null,
			"$(ci{sock.host})":                  kemi.Str("1"),
		} {
			v := h.Registry.FindVar(name)
			if v == nil {
				t.Errorf("%s is no variable", name)
			} else if got := v.Get(c); got != want {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	})
	for _, name := range []string{"$lsock(udp/1/listen)", "$lsock(n/second)", "$lsock(n/second/nosuch)", "$atkv(x)"} {
		if h.Registry.FindVar(name) != nil {
			t.Errorf("%s is a variable", name)
		}
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"udp:127.0.0.1:5060": "sip:127.0.0.1:5060;transport=udp", "127.0.0.1:5060": "sip:127.0.0.1:5060", "tcp:[2001:db8::1]:5061": "sip:[2001:db8::1]:5061;transport=tcp",
		"udp:host.example": "sip:host.example;transport=udp", "[::1]": "sip:[::1]", "": "", "udp:127.0.0.1:x": "", "[::1": "", "[::1]x": "",
	} {
		a, ok := parseAddress(text)
		if ok != (want != "") || ok && toURI(a).Text() != want {
			t.Errorf("%q: %v %+v", text, ok, a)
		}
	}
}

func TestSubdomains(t *testing.T) {
	h := start(t, `modparam("corex", "alias_subdomains", "Sub.Example")`+"\n"+`modparam("corex", "alias_subdomains", "udp:other.example:5099")`)
	for _, x := range []struct {
		host string
		port uint16
		p    flow.Proto
		want bool
	}{
		{"sub.example", 5060, flow.UDP, true}, {"a.b.SUB.example", 1, flow.TCP, true}, {"asub.example", 0, flow.None, false},
		{"x.other.example", 5099, flow.UDP, true}, {"x.other.example", 5060, flow.UDP, false}, {"x.other.example", 5099, flow.TCP, false},
	} {
		if got := h.Core.IsMyself(x.host, x.port, x.p); got != x.want {
			t.Errorf("%s:%d %s: %v", x.host, x.port, x.p, got)
		}
	}
}

func TestNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "names")
	if err := os.WriteFile(file, []byte("# names\ntype=A;name=filed.example;addr=192.0.2.9;flags=2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := start(t, `modparam("corex", "dns_cache", "type=A;name=Pinned.example;addr=192.0.2.8;ttl=60")`+"\n"+
		`modparam("corex", "dns_cache", "type=A;name=gone.example;flags=1")`+"\n"+`modparam("corex", "dns_cache", "type=AAAA;name=gone.example;flags=1")`+"\n"+`modparam("corex", "dns_cache", "type=SRV;name=_sip._udp.served.example;addr=Pinned.example;port=5070;ttl=60")`+"\n"+`modparam("corex", "dns_file", "`+file+`")`)
	for name, want := range map[string]string{"pinned.example": "192.0.2.8:5060", "filed.example": "192.0.2.9:5060", "served.example": "192.0.2.8:5070", "gone.example": ""} {
		found, ok, err := h.Core.Resolver().Cached(resolve.Hop{Host: name, Port: 5060, Proto: flow.UDP, PortGiven: name != "served.example"})
		if !ok || (err != nil) != (want == "") || want != "" && found[0].Addr.String() != want {
			t.Errorf("%s: %v %v %v", name, found, ok, err)
		}
	}
	for _, bad := range []string{"type=SRV;name=a;addr=b;port=65536", "name=x", "type=A;name=x;addr=y", "type=A;name=x;addr=1.1.1.1;ttl=z", "type=A;name=x;addr=1.1.1.1;flags=z"} {
		if _, err := kemitest.New(t, `modparam("corex", "dns_cache", "`+bad+`")`+"\n", Module); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestCommands(t *testing.T) {
	h := start(t, "alias=\"parity.example\"\nalias=udp:udponly.example:5060\nlisten=udp:localhost:5090 virtual\nlisten=udp:[::1]:5090 advertise [2001:db8::1]")
	for request, want := range map[string]string{
		`{"jsonrpc":"2.0","method":"corex.debug","id":1}`:              `"result":{"debug":3}`,
		`{"jsonrpc":"2.0","method":"corex.debug","params":[3],"id":1}`: `"result":{"old":3,"new":3}`,
		`{"jsonrpc":"2.0","method":"corex.list_aliases","id":1}`:       `"PROTO":"udp","ADDR":"udponly.example","PORT":5060`,
		`{"jsonrpc":"2.0","method":"corex.list_sockets","id":1}`:       `{"PROTO":"udp","NAME":"127.0.0.1","ADDRLIST":{"ADDR":"127.0.0.1"},"PORT":"5080","MCAST":"no","MHOMED":"no","VIRTUAL":"no","SOCKNAME":"public","ADVERTISE":"203.0.113.9"}`,
		`{"jsonrpc":"2.0","method":"corex.list_sockets","id":2}`:       `{"PROTO":"udp","NAME":"localhost","ADDRLIST":{"ADDR":"127.0.0.1"},"PORT":"5090","MCAST":"no","MHOMED":"no","VIRTUAL":"yes","SOCKNAME":"-","ADVERTISE":"-"}`,
		`{"jsonrpc":"2.0","method":"corex.list_sockets","id":3}`:       `"NAME":"::1","ADDRLIST":{"ADDR":"::1"},"PORT":"5090","MCAST":"no","MHOMED":"no","VIRTUAL":"no","SOCKNAME":"-","ADVERTISE":"2001:db8::1"}`,
		`{"jsonrpc":"2.0","method":"corex.pkg_summary","id":1}`:        `Selector and value not provided`,
		`{"jsonrpc":"2.0","method":"shm.info","id":1}`:                 `"name":"go"`,
		`{"jsonrpc":"2.0","method":"shm.stats","id":1}`:                `"fragments":`,
		`{"jsonrpc":"2.0","method":"shm.report","id":1}`:               `"total_frags":`,
		`{"jsonrpc":"2.0","method":"corex.shm_status","id":1}`:         `"result":`,
	} {
		if got := h.RPC(request); !strings.Contains(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", request, got, want)
		}
	}
}
