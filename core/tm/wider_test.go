package tm

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
)

// limit sends what is longer over TCP.
type limit struct {
	size int
	tcp  *flow.Socket
}

func (l limit) Wider(f flow.Flow, size int) (flow.Flow, bool) {
	f.Proto, f.Local = flow.TCP, l.tcp
	return f, size > l.size
}

// padded is a change that makes a request long.
var padded = route.Edit{Render: func(o *route.Outgoing) string {
	return "X-Over: " + o.Flow.Proto.String() + strings.Repeat(" ", 500) + "\r\n"
}}

// TestLongRequest: a request that is too long for UDP leaves over TCP with a Via that says so and is not repeated, nor is
// its CANCEL; what else names the way stays as it is.
func TestLongRequest(t *testing.T) {
	for name, long := range map[string]bool{"short": false, "long": true} {
		w := newWorld(t, nil)
		w.table.env.Widener = limit{500, w.tcp}
		m := w.request("INVITE", name)
		if long {
			padded.At = m.HeadersStart
			m.Edits.Add(padded)
		}
		w.relay(m)
		sent := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
		if got := strings.Contains(sent, "Via: SIP/2.0/TCP 10.0.0.100:5060;branch="); got != long || long && !strings.Contains(sent, "X-Over: udp ") {
			t.Errorf("%s:\n%s", name, sent)
		}
		w.pass(600 * time.Millisecond)
		if repeated := len(w.take()) > 0; repeated == long {
			t.Errorf("%s: repeated: %v", name, repeated)
		}
		w.reply("bob", sent, 180)
		Of(m).Cancel(0)
		cancel := w.last("bob CANCEL")
		w.take()
		w.pass(600 * time.Millisecond)
		repeated := strings.Contains(strings.Join(w.take(), " "), "CANCEL")
		if strings.Contains(cancel, "Via: SIP/2.0/TCP ") != long || repeated == long {
			t.Errorf("%s:\n%s", name, cancel)
		}
	}
}

// TestLongRequestFailsOver: the next address is asked in the same way.
func TestLongRequestFailsOver(t *testing.T) {
	for _, reparse := range []int{1, 0} {
		w := newWorld(t, func(v *Values) { v.ReparseOnFailover = reparse })
		w.table.env.Widener = limit{500, w.tcp}
		w.names["two.test"] = w.ways("bob", "carol")
		m := w.request("MESSAGE", "f")
		m.SetURI("sip:x@two.test")
		padded.At = m.HeadersStart
		m.Edits.Add(padded)
		w.relay(m)
		w.reply("bob", w.grab("bob MESSAGE", "bob MESSAGE"), 503)
		second := w.grab("carol MESSAGE", "carol MESSAGE")
		if !strings.Contains(second, "Via: SIP/2.0/TCP ") {
			t.Errorf("reparse %d:\n%s", reparse, second)
		}
		w.reply("carol", second, 200)
		w.expect("alice 200 MESSAGE")
	}
}

// TestAdvertisedAddress: our own requests name it in their Via, as relayed ones do.
func TestAdvertisedAddress(t *testing.T) {
	w := newWorld(t, nil)
	w.table.env.AdvertiseHost, w.table.env.AdvertisePort = "proxy.example", "7777"
	_, err := w.table.Start(&LocalRequest{Method: "INVITE", URI: "sip:bob@10.0.0.2", Headers: "From: <sip:a@x>\r\nTo: <sip:b@x>\r\n"})
	if err != nil {
		t.Fatal(err)
	}
	const via = "Via: SIP/2.0/UDP proxy.example:7777;branch="
	invite := w.grab("bob INVITE", "bob INVITE")
	w.reply("bob", invite, 200, "Contact: <sip:bob@10.0.0.2>")
	if ack := w.last("bob ACK"); !strings.Contains(invite, via) || !strings.Contains(ack, via) {
		t.Errorf("%s%s", invite, ack)
	}
}
