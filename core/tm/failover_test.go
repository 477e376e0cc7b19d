package tm

import (
	"strings"
	"testing"

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
