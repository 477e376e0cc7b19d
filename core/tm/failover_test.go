package tm

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
)

// TestFailoverCodes tries the next address of a next hop: by what happened at the first, and whether that is enough.
func TestFailoverCodes(t *testing.T) {
	cases := []struct {
		name  string
		edit  func(*Values)
		off   bool // t_set_disable_failover
		code  int  // answer of the first address; 0: none
		moves bool
	}{
		{"503", nil, false, 503, true},
		{"silence", nil, false, 0, true},
		{"404", nil, false, 404, false},
		{"503, turned off", nil, true, 503, false},
		{"failover_reply_codes", func(v *Values) { v.FailoverReplyCodes = "code=404;class=5" }, false, 404, true},
		{"failover_reply_codes, a class", func(v *Values) { v.FailoverReplyCodes = "code=404;class=5" }, false, 588, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.edit)
			w.names["two.test"] = w.ways("bob", "carol")
			m := w.request("MESSAGE", "f")
			m.SetURI("sip:x@two.test")
			w.table.SetOption(m, NoFailover, c.off)
			w.relay(m)
			first := w.last("bob MESSAGE")
			if c.code == 0 {
				w.pass(millis(w.params.Get().FrTimer))
			} else {
				w.reply("bob", first, c.code)
			}
			moved := strings.Contains(strings.Join(w.take(), " "), "carol MESSAGE")
			if moved != c.moves {
				t.Errorf("moved: %v, want %v", moved, c.moves)
			}
		})
	}
}

// TestFailoverWhileSending: an address that cannot be sent to makes room for the next one within t_relay.
func TestFailoverWhileSending(t *testing.T) {
	cases := []struct {
		name   string
		broken []string
		listed string
		off    bool
		rc     int
		want   []string
	}{
		{"the first is refused", []string{"10.0.0.2"}, "", false, 1, []string{"carol MESSAGE"}},
		{"the first is on the blocklist", nil, "10.0.0.2", false, 1, []string{"carol MESSAGE"}},
		{"both", []string{"10.0.0.3"}, "10.0.0.2", false, -1, []string{"alice 477 MESSAGE"}},
		{"failover is off", []string{"10.0.0.2"}, "", true, -1, []string{"alice 477 MESSAGE"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.useBlocklist()
			w.names["two.test"] = w.ways("bob", "carol")
			for _, host := range c.broken {
				w.broken[host] = true
			}
			if c.listed != "" {
				w.table.env.Blocklist.Add(w.names["two.test"][0], blocklist.Admin, 0)
			}
			m := w.request("MESSAGE", "f")
			m.SetURI("sip:x@two.test")
			w.table.SetOption(m, NoFailover, c.off)
			if rc := w.relay(m); rc != c.rc {
				t.Errorf("t_relay gives %d, want %d", rc, c.rc)
			}
			w.expect(c.want...)
			if c.rc == 1 && len(Of(m).Branches()) != 2 {
				t.Error("the next address is no branch of its own")
			}
		})
	}
}

// TestLateRefusal: a connection that fails after the branch has gone on to another address is no news.
func TestLateRefusal(t *testing.T) {
	w := newWorld(t, nil)
	ways := w.ways("bob", "carol")
	for i := range ways {
		ways[i].Proto, ways[i].Local = flow.TCP, w.tcp
	}
	w.names["two.test"] = ways
	w.refuses["10.0.0.2"] = true
	m := w.request("MESSAGE", "f")
	m.SetURI("sip:x@two.test")
	w.relay(m)
	second := w.grab("carol MESSAGE", "carol MESSAGE")
	if w.reports() != 2 {
		t.Fatal("both sends have somebody to tell")
	}
	w.tellFailure(0)
	w.expect()
	w.reply("carol", second, 200)
	w.expect("alice 200 MESSAGE")
	w.empty()
}

// TestBlocklistOfTheSilent: who sends no reply at all is left out, if the method is one of blst_methods_add.
func TestBlocklistOfTheSilent(t *testing.T) {
	for _, c := range []struct {
		method string
		reply  bool
		listed bool
	}{{"INVITE", false, true}, {"INVITE", true, false}, {"MESSAGE", false, false}} {
		w := newWorld(t, nil)
		w.useBlocklist()
		w.relay(w.request(c.method, "x"))
		if c.reply {
			w.reply("bob", w.last("bob "+c.method), 180)
		}
		w.pass(millis(w.params.Get().FrInvTimer) + time.Second)
		if listed := len(w.table.env.Blocklist.Entries()) == 1; listed != c.listed {
			t.Errorf("%+v: %v", c, listed)
		}
	}
}

// TestFailoverToAnotherTransport: a Record-Route names the socket that sends, also after the move.
func TestFailoverToAnotherTransport(t *testing.T) {
	w := newWorld(t, nil)
	ways := w.ways("bob", "carol")
	ways[0].Proto, ways[0].Local = flow.TCP, w.tcp
	w.names["two.test"] = ways
	m := w.request("MESSAGE", "f")
	m.SetURI("sip:x@two.test")
	m.Edits.Add(route.Edit{At: m.HeadersStart, Render: func(o *route.Outgoing) string {
		return "Record-Route: <sip:10.0.0.100;transport=" + o.Flow.Proto.String() + ";lr>\r\n"
	}})
	w.relay(m)
	first := w.grab("bob MESSAGE", "bob MESSAGE")
	w.reply("bob", first, 503)
	second := w.grab("carol MESSAGE", "carol MESSAGE")
	for raw, want := range map[string]string{first: "tcp", second: "udp"} {
		if !strings.Contains(raw, ";transport="+want+";lr>") || !strings.Contains(raw, "Via: SIP/2.0/"+strings.ToUpper(want)) {
			t.Errorf("%s in\n%s", want, raw)
		}
	}
	w.reply("carol", second, 200)
	w.expect("alice 200 MESSAGE")
	w.empty()
}

// TestFailoverFromTheRequest: with reparse_on_dns_failover=0 what a branch route changed is lost.
func TestFailoverFromTheRequest(t *testing.T) {
	for _, reparse := range []int{1, 0} {
		w := newWorld(t, func(v *Values) { v.ReparseOnFailover = reparse })
		w.names["two.test"] = w.ways("bob", "carol")
		w.script["branch"] = func(c *route.Call) route.Outcome {
			c.Message.Edits.Add(route.Edit{At: c.Message.HeadersStart, Text: "X-Branch: 1\r\n"})
			return route.Done
		}
		m := w.request("MESSAGE", "f")
		m.SetURI("sip:x@two.test")
		m.Edits.Add(route.Edit{At: m.HeadersStart, Text: "X-Request: 1\r\n"})
		m.Armed.Branch = route.Callback{Name: "branch"}
		w.relay(m)
		w.reply("bob", w.grab("bob MESSAGE", "bob MESSAGE"), 503)
		second := w.grab("carol MESSAGE", "carol MESSAGE")
		if !strings.Contains(second, "X-Request: 1\r\n") || strings.Contains(second, "X-Branch: 1\r\n") != (reparse == 1) ||
			!strings.HasPrefix(second, "MESSAGE sip:x@two.test ") {
			t.Errorf("reparse %d:\n%s", reparse, second)
		}
		w.reply("carol", second, 200)
		w.expect("alice 200 MESSAGE")
	}
}

// TestFailoverSocket: after a silence further addresses are sent to from the server's first socket, unless
// dns_reuse_rcv_socket=1 or the script has chosen one; after a reply always from the one that it came to.
func TestFailoverSocket(t *testing.T) {
	for _, c := range []struct {
		reuse         int
		forced        bool // the script has chosen the socket
		silent, first bool // how the first address fails; whether the server's first socket is used then
	}{
		{0, false, false, false}, {0, false, true, true}, {1, false, true, false}, {0, true, true, false}, {0, true, false, false},
	} {
		w := newWorld(t, func(v *Values) { v.DNSReuseRcvSocket = c.reuse })
		other := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("10.0.0.100:5062"), 2)
		ways := w.ways("bob", "carol")
		ways[0].Local, ways[1].Local = other, other
		w.names["two.test"] = ways
		m := w.request("MESSAGE", "f")
		m.SetURI("sip:x@two.test")
		if c.forced {
			m.Socket = other
		}
		w.relay(m)
		first := w.last("bob MESSAGE")
		if c.silent {
			w.pass(millis(w.params.Get().FrTimer))
		} else {
			w.reply("bob", first, 503)
		}
		second := w.last("carol MESSAGE")
		if first := strings.Contains(second, "Via: SIP/2.0/UDP 10.0.0.100:5060;"); first != c.first {
			t.Errorf("%+v:\n%s", c, second)
		}
	}
}
