package server

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
)

// answer is a script that replies without a transaction.
func answer(w **world, code int) routes {
	return routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		if err := (*w).server.ReplyStateless(c.Message, code, "Reason"); err != nil {
			(*w).t.Error(err)
		}
		return route.Done
	}}
}

func TestStatelessReply(t *testing.T) {
	var w *world
	w = newWorld(t, answer(&w, 404))
	w.send(options)
	w.send(options)
	if len(w.got) != 2 || w.got[0] != w.got[1] {
		t.Fatalf("copies of a request get the same reply: %q", w.got)
	}
	if !strings.HasPrefix(w.last(), "SIP/2.0 404 Reason\r\n") || !strings.Contains(w.last(), ";tag=") || !strings.Contains(w.last(), "Server: test\r\n") {
		t.Errorf("got %s", w.last())
	}
	if n := w.server.Stats.StatelessReplies(404, 404); n != 2 {
		t.Errorf("counted %d", n)
	}
}

func TestACKOfAStatelessReplyEndsHere(t *testing.T) {
	var w *world
	runs := 0
	reply := answer(&w, 486)[route.RequestRoute]
	w = newWorld(t, routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		if runs++; c.Message.MethodName == "INVITE" {
			return reply(c)
		}
		return route.Done
	}})
	invite := strings.ReplaceAll(options, "OPTIONS", "INVITE")
	w.send(invite)
	tag := regexp.MustCompile(`To: .*;tag=([^\r]+)`).FindStringSubmatch(w.last())[1]
	ack := strings.ReplaceAll(invite, "INVITE", "ACK")
	w.send(strings.Replace(ack, "b@home.example>", "b@home.example>;tag="+tag, 1))
	if runs != 1 || w.server.Stats.AbsorbedACKs.Load() != 1 {
		t.Errorf("the script ran %d times", runs)
	}
	w.send(strings.Replace(ack, "b@home.example>", "b@home.example>;tag=other", 1))
	if runs != 2 {
		t.Error("a foreign ACK must reach the script")
	}
}

func TestForwardWithoutTransaction(t *testing.T) {
	var w *world
	w = newWorld(t, routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		c.Message.SetURI("sip:x@192.0.2.7")
		if err := w.server.Forward(w.server.shards[c.Message.Shard], c.Message, ""); err != nil {
			t.Error(err)
		}
		return route.Done
	}})
	w.send(options)
	w.send(options)
	if len(w.got) != 2 || w.got[0] != w.got[1] {
		t.Fatalf("the branch of a copy must be the same: %q", w.got)
	}
	if !strings.HasPrefix(w.last(), "OPTIONS sip:x@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK") {
		t.Errorf("got %s", w.last())
	}
	reply := strings.Replace(w.last(), "OPTIONS sip:x@192.0.2.7 SIP/2.0", "SIP/2.0 200 OK", 1)
	w.send(strings.ReplaceAll(reply, "\r\n", "\n"))
	if len(w.got) != 3 || !strings.HasPrefix(w.last(), "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKo1\r\n") {
		t.Errorf("the reply went nowhere: %s", w.last())
	}
}

func TestReplyRouteMayDrop(t *testing.T) {
	w := newWorld(t, routes{route.CoreReplyRoute: func(c *route.Call) route.Outcome {
		c.Message.Dropped = true
		return route.Dropped
	}})
	w.send(strings.Replace(options, "OPTIONS sip:192.0.2.1 SIP/2.0\n", "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsl1\n", 1))
	if len(w.got) != 0 || w.server.Stats.DroppedReplies.Load() != 1 {
		t.Errorf("got %q", w.got)
	}
}

func TestFailedRouteGets500(t *testing.T) {
	w := newWorld(t, routes{route.RequestRoute: func(*route.Call) route.Outcome { return route.Failed }})
	w.send(options)
	if !strings.HasPrefix(w.last(), "SIP/2.0 500 ") {
		t.Errorf("got %q", w.last())
	}
	w.got = nil
	w.send(strings.ReplaceAll(options, "OPTIONS", "ACK"))
	if len(w.got) != 0 {
		t.Errorf("an ACK is never answered: %q", w.got)
	}
}

func TestPanicLosesOneMessageOnly(t *testing.T) {
	var w *world
	reply := answer(&w, 200)[route.RequestRoute]
	w = newWorld(t, routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		if c.Message.CallID() == "bad" {
			panic("boom")
		}
		return reply(c)
	}})
	w.send(strings.Replace(options, "c1", "bad", 1))
	w.send(options)
	if len(w.got) != 1 || w.server.Stats.Panics.Load() != 1 || !strings.Contains(w.log.String(), "boom") {
		t.Errorf("got %q", w.got)
	}
}

func TestMalformedIsCountedAndLoggedOnce(t *testing.T) {
	var w *world
	w = newWorld(t, answer(&w, 200))
	for _, cut := range []string{"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: ", "OPTIONS sip"} {
		w.send(strings.Replace(options, cut, "X"+cut, 1)[strings.Index(cut, "O")+1:])
	}
	if n := w.server.Stats.Malformed.Load(); n < 5 || len(w.got) > 1 {
		t.Errorf("counted %d, answered %q", n, w.got)
	}
	if n := strings.Count(w.log.String(), "malformed message from udp:192.0.2.7:5060"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, w.log.String())
	}
}

func TestOverloadIsAnswered(t *testing.T) {
	var w *world
	inside := false
	w = newWorld(t, routes{route.RequestRoute: func(*route.Call) route.Outcome {
		if !inside {
			inside = true
			for range 3 {
				w.send(options)
			}
		}
		return route.Done
	}}, func(o *Options) { o.Shards, o.Limits = 1, shard.Limits{Queue: 1} })
	w.send(options)
	if n := w.server.Stats.Overload.Load(); n != 2 {
		t.Errorf("%d refused", n)
	}
	if !strings.HasPrefix(w.last(), "SIP/2.0 503 ") || !strings.Contains(w.last(), "Retry-After: ") {
		t.Errorf("got %q", w.last())
	}
}

func TestIsMyself(t *testing.T) {
	w := newWorld(t, nil)
	cases := []struct {
		host  string
		port  uint16
		proto flow.Proto
		want  bool
	}{
		{"192.0.2.1", 0, flow.None, true},
		{"192.0.2.1", 5060, flow.UDP, true},
		{"192.0.2.1", 5061, flow.None, false},
		{"192.0.2.1", 5060, flow.TCP, false},
		{"HOME.example", 0, flow.None, true},
		{"home.example", 7777, flow.TLS, true},
		{"ported.example", 5070, flow.None, true},
		{"ported.example", 5060, flow.None, false},
		{"other.example", 0, flow.None, false},
		{"[2001:db8::1]", 5060, flow.None, true},
		{"2001:DB8::1", 0, flow.None, true},
		{"[2001:db8::2]", 0, flow.None, true},
		{"[2001:db8::3]", 0, flow.None, false},
		{"[]", 0, flow.None, false},
		{"", 0, flow.None, false},
	}
	for _, c := range cases {
		if got := w.server.IsMyself(c.host, c.port, c.proto); got != c.want {
			t.Errorf("%s:%d %s: %v", c.host, c.port, c.proto, got)
		}
	}
	if !w.server.IsMyIP(netip.MustParseAddr("192.0.2.1")) || w.server.IsMyIP(netip.MustParseAddr("192.0.2.7")) {
		t.Error("IsMyIP")
	}
}

func TestNextHop(t *testing.T) {
	w := newWorld(t, nil)
	cases := []struct{ uri, want string }{
		{"sip:a@192.0.2.9", "udp 192.0.2.9:5060"},
		{"sip:a@192.0.2.9:99;transport=TCP", "tcp 192.0.2.9:99"},
		{"sips:a@192.0.2.9", "tls 192.0.2.9:5061"},
		{"sips:a@192.0.2.9;transport=tcp", "tls 192.0.2.9:5061"},
		{"sips:a@192.0.2.9:9;transport=ws", "wss 192.0.2.9:9"},
		{"sips:a@192.0.2.9:9;transport=wss", "wss 192.0.2.9:9"},
		{"sip:a@h.example;maddr=192.0.2.9", "udp 192.0.2.9:5060"},
		{"sip:a@192.0.2.9;transport=odd", "udp 192.0.2.9:5060"},
		{"sip:a@[2001:db8::1]:70", "udp 2001:db8::1:70"},
		{"tel:+1", ""},
		{"urn:service:sos", ""},
		{"not a uri", ""},
	}
	for _, c := range cases {
		h, err := w.server.nextHop(c.uri)
		got := ""
		if err == nil {
			got = h.Proto.String() + " " + h.Host + ":" + itoa(h.Port)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.uri, got, c.want)
		}
	}
}

func itoa(n uint16) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}
