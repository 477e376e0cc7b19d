package rr

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// message is a request with a request URI, a To header and further headers.
func message(uri, to, more string) string {
	return strings.ReplaceAll("INVITE "+uri+" SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"+
		"From: <sip:a@a.example>;tag=f1\nTo: "+to+"\nCall-ID: 1\nCSeq: 1 INVITE\n"+more+"Content-Length: 0\n\n", "\n", "\r\n")
}

const (
	initial  = "<sip:b@b.example>"
	inDialog = "<sip:b@b.example>;tag=t1"
)

func sentBy(c *kemi.Ctx, sock *flow.Socket) string {
	way := flow.Flow{Proto: sock.Proto, Local: sock, Remote: netip.MustParseAddrPort("192.0.2.9:5060")}
	return string(route.AppendRequest(nil, c.Msg, &route.Outgoing{Flow: way, URI: c.Msg.Target.URI}))
}

// routes are the lines of a message that begin with a name.
func lines(message, name string) (list []string) {
	for line := range strings.SplitSeq(message, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			list = append(list, value)
		}
	}
	return list
}

// The test server is 127.0.0.1:5060; a Route names its port or leaves it out.
func TestLooseRoute(t *testing.T) {
	h := kemitest.Start(t, "listen=udp:127.0.0.1:5070\n", Module)
	for _, x := range []struct {
		name, uri, to, routes string
		want                  int
		next, target          string // $du and the request URI
		left                  string // Route headers that leave
		more                  bool   // next_hop_route
	}{
		{"no route", "sip:x@x", inDialog, "", -1, "", "sip:x@x", "", false},
		{"own only", "sip:x@x", inDialog, "Route: <sip:127.0.0.1;lr>\n", 1, "", "sip:x@x", "", false},
		{"preloaded own only", "sip:x@x", initial, "Route: <sip:127.0.0.1:5060;lr>\n", -3, "", "sip:x@x", "", false},
		{"preloaded", "sip:x@x", initial, "Route: <sip:127.0.0.1;lr>,<sip:p2;lr>\n", 1, "sip:p2;lr", "sip:x@x", "<sip:p2;lr>", true},
		{"next in next header", "sip:x@x", inDialog, "Route: <sip:127.0.0.1;lr>\nRoute: <sip:p2;lr>, <sip:p3;lr>\n", 1, "sip:p2;lr", "sip:x@x", "<sip:p2;lr>, <sip:p3;lr>", true},
		{"not own", "sip:x@x", inDialog, "Route: <sip:p2;lr>\n", 1, "sip:p2;lr", "sip:x@x", "<sip:p2;lr>", false},
		{"own without r2 twice", "sip:x@x", inDialog, "Route: <sip:127.0.0.1;lr> , <sip:127.0.0.1:5070;lr>\n", 1, "sip:127.0.0.1:5070;lr", "sip:x@x", "<sip:127.0.0.1:5070;lr>", true},
		{"double", "sip:x@x", inDialog, "Route: <sip:127.0.0.1;r2=on;lr>,<sip:127.0.0.1:5070;r2=on;lr>,<sip:p2;lr>\n", 1, "sip:p2;lr", "sip:x@x", "<sip:p2;lr>", true},
		{"strict next hop", "sip:x@x", inDialog, "Route: <sip:127.0.0.1;lr>,<sip:p2>,<sip:p3;lr>\n", 1, "", "sip:p2", "<sip:p3;lr>|<sip:x@x>", true},
		{"strict next hop alone", "sip:x@x", initial, "Route: <sip:p2>\n", 1, "", "sip:p2", "<sip:x@x>", false},
		{"after strict", "sip:127.0.0.1:5060;lr", inDialog, "Route: <sip:p2;lr>, <sip:p3;lr>,  <sip:x@9.9.9.9>\n", 1, "sip:p2;lr", "sip:x@9.9.9.9", "<sip:p2;lr>, <sip:p3;lr>", false},
		{"after strict, maddr", "sip:127.0.0.1;lr", inDialog, "Route: <sip:p2;lr>\nRoute: <sip:x@9.9.9.9:7;maddr=7.7.7.7>\n", 1, "sip:p2;lr", "sip:7.7.7.7:7", "<sip:p2;lr>", false},
		{"strict to strict", "sip:127.0.0.1;lr", inDialog, "Route: <sip:p2>, <sip:x@y>\n", 1, "", "sip:p2", "<sip:x@y>", false},
		{"after strict, double", "sip:127.0.0.1;lr;r2=on", inDialog, "Route: <sip:127.0.0.1:5070;lr;r2=on>, <sip:p2;lr>, <sip:x@y>\n", 1, "sip:p2;lr", "sip:x@y", "<sip:p2;lr>", false},
		{"broken", "sip:x@x", inDialog, "Route: <sip:127.0.0.1\n", -1, "", "sip:x@x", "<sip:127.0.0.1", false},
		{"unknown scheme", "sip:x@x", inDialog, "Route: <foo:127.0.0.1>\n", -1, "", "sip:x@x", "<foo:127.0.0.1>", false},
	} {
		h.Run(message(x.uri, x.to, x.routes), func(c *kemi.Ctx) {
			if got := h.Call(c, "rr", "loose_route").Int(); got != x.want {
				t.Errorf("%s: %d, want %d", x.name, got, x.want)
			}
			if c.Msg.DstURI != x.next || c.Msg.CurrentURI() != x.target {
				t.Errorf("%s: next hop %q, target %q", x.name, c.Msg.DstURI, c.Msg.CurrentURI())
			}
			if got := strings.Join(lines(sentBy(c, c.Msg.Flow.Local), "Route"), "|"); got != x.left {
				t.Errorf("%s: left %q, want %q", x.name, got, x.left)
			}
			if got := h.Call(c, "rr", "next_hop_route").Int() > 0; got != x.more {
				t.Errorf("%s: next_hop_route is %v", x.name, got)
			}
		})
	}
}

func TestBadRouteIsCounted(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for i, values := range []string{"<foo:bar>", "<sip:127.0.0.1;lr>, <foo:bar>", "<sip:127.0.0.1;lr;r2=on>, <foo:bar>"} {
		h.Run(message("sip:x@x", inDialog, "Route: "+values+"\n"), func(c *kemi.Ctx) {
			if got := h.Call(c, "rr", "loose_route").Int(); got != -1 {
				t.Errorf("%s: %d", values, got)
			}
		})
		if n := h.Core.Stats.BadURIs.Load(); n != uint64(i+1) {
			t.Errorf("%s: %d bad URIs", values, n)
		}
	}
}

func TestDoubleRouteForcesSocket(t *testing.T) {
	h := kemitest.Start(t, "listen=udp:127.0.0.1:5070\n", Module)
	h.Run(message("sip:x@x", inDialog, "Route: <sip:127.0.0.1;r2=on;lr>,<sip:127.0.0.1:5070;r2=on;lr>\n"), func(c *kemi.Ctx) {
		h.Call(c, "rr", "loose_route")
		if got := c.Msg.Socket.String(); got != "udp:127.0.0.1:5070" {
			t.Errorf("sends from %q", got)
		}
	})
}

func TestRecordRoute(t *testing.T) {
	h := kemitest.Start(t, "listen=udp:127.0.0.1:5070\nlisten=tcp:127.0.0.1:5060\n", Module)
	socks := h.Core.Sockets()
	for _, x := range []struct {
		name  string
		calls []string // function and arguments, cut by blanks
		sock  int
		want  string
	}{
		{"same socket", []string{"record_route"}, 0, "<sip:127.0.0.1;lr;ftag=f1>"},
		{"other socket", []string{"record_route"}, 1, "<sip:127.0.0.1:5070;r2=on;lr;ftag=f1>|<sip:127.0.0.1;r2=on;lr;ftag=f1>"},
		{"other transport", []string{"record_route"}, 2, "<sip:127.0.0.1;transport=tcp;r2=on;lr;ftag=f1>|<sip:127.0.0.1;r2=on;lr;ftag=f1>"},
		{"params", []string{"add_rr_param ;a=1", "record_route_params ;p=2", "add_rr_param ;b=3"}, 0, "<sip:127.0.0.1;lr;ftag=f1;p=2;a=1;b=3>"},
		{"preset", []string{"add_rr_param ;a=1", "record_route_preset 1.2.3.4;x 5.6.7.8", "add_rr_param ;b=3"}, 0, "<sip:1.2.3.4;x;ftag=f1;a=1;lr;b=3>|<sip:5.6.7.8;ftag=f1;a=1;lr;b=3>"},
		{"preset one", []string{"record_route_preset_one 1.2.3.4"}, 0, "<sip:1.2.3.4;ftag=f1;lr>"},
		{"advertised", []string{"add_rr_param ;a=1", "record_route_advertised_address p:1", "add_rr_param ;b=3"}, 1, "<sip:p:1;ftag=f1;lr;a=1;b=3>"},
		{"advertised, other transport", []string{"record_route_advertised_address p"}, 2, "<sip:p;transport=tcp;r2=on;ftag=f1;lr>|<sip:p;transport=udp;r2=on;ftag=f1;lr>"},
		{"removed", []string{"record_route", "remove_record_route"}, 0, ""},
	} {
		h.Run(message("sip:x@x", initial, ""), func(c *kemi.Ctx) {
			for _, call := range x.calls {
				words := strings.Fields(call)
				var args []kemi.Value
				for _, word := range words[1:] {
					args = append(args, kemi.Str(word))
				}
				if got := h.Call(c, "rr", words[0], args...).Int(); got != 1 {
					t.Errorf("%s: %s is %d", x.name, call, got)
				}
			}
			if got := strings.Join(lines(sentBy(c, socks[x.sock]), "Record-Route"), "|"); got != x.want {
				t.Errorf("%s:\n got %s\nwant %s", x.name, got, x.want)
			}
			if strings.Contains(x.calls[0], "record") {
				if got := h.Call(c, "rr", "record_route").Int(); got != -1 {
					t.Errorf("%s: a further record_route is %d", x.name, got)
				}
			}
		})
	}
}

func TestRecordRouteParameters(t *testing.T) {
	for params, want := range map[string]string{
		"": "<sips:127.0.0.1;lr;ftag=f1>",
		`modparam("rr", "ignore_sips", 1)` + "\n" + `modparam("rr", "enable_full_lr", 1)`:  "<sip:127.0.0.1;lr=on;ftag=f1>",
		`modparam("rr", "append_fromtag", 0)` + "\n" + `modparam("rr", "add_username", 1)`: "<sips:x@127.0.0.1;lr>",
		`modparam("rr", "enable_double_rr", 2)`:                                            "<sips:127.0.0.1;r2=on;lr;ftag=f1>|<sips:127.0.0.1;r2=on;lr;ftag=f1>",
	} {
		h := kemitest.Start(t, params+"\n", Module)
		h.Run(message("sips:x@x", initial, ""), func(c *kemi.Ctx) {
			h.Call(c, "rr", "record_route")
			if got := strings.Join(lines(sentBy(c, c.Msg.Flow.Local), "Record-Route"), "|"); got != want {
				t.Errorf("%s: %s, want %s", params, got, want)
			}
		})
	}
}

func TestBranchRouteRecordsForItself(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(message("sip:x@x", initial, ""), func(c *kemi.Ctx) {
		c.Call.Kind = route.BranchRoute
		for range 2 {
			if got := h.Call(c, "rr", "record_route").Int(); got != 1 {
				t.Errorf("record_route is %d", got)
			}
		}
	})
}

func TestDirection(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		routes       string
		up, down     int
		caller, name string
		match        map[string]int
	}{
		{"", -1, 1, "f1", "downstream", map[string]int{".": -1}},
		{"Route: <sip:127.0.0.1;lr;ftag=f1;did=6a.7>\n", -1, 1, "f1", "downstream", map[string]int{"did=6A": 1, "^;lr": 1, "did=9": -1, "[": -1, "": 1}},
		{"Route: <sip:127.0.0.1;lr;ftag=other>\n", 1, -1, "t1", "upstream", nil},
		{"Route: <sip:p2;lr;ftag=other>\n", -1, 1, "f1", "downstream", map[string]int{".": -1}},
	} {
		h.Run(message("sip:x@x", inDialog, x.routes), func(c *kemi.Ctx) {
			h.Call(c, "rr", "loose_route")
			for word, want := range map[string]int{"upstream": x.up, "Downstream": x.down, "sideways": -6} {
				if got := h.Call(c, "rr", "is_direction", kemi.Str(word)).Int(); got != want {
					t.Errorf("%s: %s is %d, want %d", x.routes, word, got, want)
				}
			}
			for name, want := range map[string]string{"$fti": x.caller, "$rdir(name)": x.name} {
				if got := h.Registry.FindVar(name).Get(c).Text(); got != want {
					t.Errorf("%s: %s is %q, want %q", x.routes, name, got, want)
				}
			}
			for pattern, want := range x.match {
				if got := h.Call(c, "rr", "check_route_param", kemi.Str(pattern)).Int(); got != want {
					t.Errorf("%s: %s is %d, want %d", x.routes, pattern, got, want)
				}
			}
		})
	}
	if h.Registry.FindVar("$rdir(nosuch)") != nil {
		t.Error("$rdir(nosuch) is a variable")
	}
}

func FuzzLooseRoute(f *testing.F) {
	f.Add("<sip:127.0.0.1;r2=on;lr>,<sip:127.0.0.1;r2;lr>", "sip:127.0.0.1;lr")
	f.Add("<sip:p2>, <sip:x@y;maddr=1.2.3.4>", "sip:x@x")
	f.Fuzz(func(t *testing.T, value, uri string) {
		if strings.ContainsAny(value+uri, "\r\n \t") || uri == "" {
			return
		}
		h := kemitest.Start(t, "", Module)
		h.Run(message("sip:x@x", inDialog, "Route: "+value+"\nRoute: <sip:p9;lr>\n"), func(c *kemi.Ctx) {
			c.Msg.SetURI(uri)
			h.Call(c, "rr", "loose_route")
			h.Call(c, "rr", "record_route")
			if got := sentBy(c, c.Msg.Flow.Local); !strings.HasSuffix(got, "\r\n\r\n") {
				t.Errorf("%q", got)
			}
		})
	})
}

func BenchmarkLooseRoute(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(message("sip:x@x", inDialog, "Route: <sip:127.0.0.1:5060;lr=on;ftag=f1>\n"), func(c *kemi.Ctx) {
		f, a := h.Registry.Function("rr", "loose_route"), kemi.MakeArgs()
		b.ReportAllocs()
		for b.Loop() {
			c.Msg.Edits.Reset()
			f.Call(c, a)
		}
	})
}

func BenchmarkRecordRoute(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(message("sip:x@x", initial, ""), func(c *kemi.Ctx) {
		f, a := h.Registry.Function("rr", "record_route"), kemi.MakeArgs()
		out := &route.Outgoing{Flow: c.Msg.Flow}
		b.ReportAllocs()
		for b.Loop() {
			c.Msg.Edits.Reset()
			c.Msg.RecordRouted = false
			f.Call(c, a)
			c.Msg.Edits.List()[0].Render(out)
		}
	})
}
