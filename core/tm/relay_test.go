package tm

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/route"
)

func TestInviteAnswered(t *testing.T) {
	w := newWorld(t, nil)
	if rc := w.relay(w.request("INVITE", "c")); rc != 1 {
		t.Fatal(rc)
	}
	invite := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
	w.reply("bob", invite, 100)
	w.expect() // a 100 stays here
	w.reply("bob", invite, 180)
	w.expect("alice 180 INVITE")
	w.relay(w.request("INVITE", "c"))
	w.expect("alice 180 INVITE")
	w.reply("bob", invite, 200)
	w.expect("alice 200 INVITE")
	w.reply("bob", invite, 200)
	w.expect("alice 200 INVITE")
	if rc := w.relay(w.ack("c", "bob", false)); rc != 1 {
		t.Fatal(rc)
	}
	w.expect("bob ACK")
	w.empty()
	if w.reply("bob", invite, 200) {
		t.Fatal("a reply matched after the transaction's end")
	}
}

func TestInviteRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("INVITE", "c"))
	invite := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
	w.reply("bob", invite, 486)
	w.expect("bob ACK", "alice 486 INVITE")
	w.reply("bob", invite, 486)
	w.expect("bob ACK")
	w.pass(600 * time.Millisecond)
	w.expect("alice 486 INVITE")
	if rc := w.table.Check(w.ack("c", "bob", true)); rc != 0 {
		t.Fatal(rc)
	}
	w.pass(3 * time.Second)
	w.expect()
	w.relay(w.ack("c", "bob", true))
	w.expect()
	w.empty()
}

func TestMessageRelayed(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("MESSAGE", "m"))
	msg := w.grab("bob MESSAGE", "bob MESSAGE")
	w.relay(w.request("MESSAGE", "m"))
	w.expect()
	w.reply("bob", msg, 200)
	w.expect("alice 200 MESSAGE")
	w.reply("bob", msg, 200)
	w.expect()
	w.relay(w.request("MESSAGE", "m"))
	w.expect("alice 200 MESSAGE")
	w.empty()
}

func TestRelayToNowhere(t *testing.T) {
	cases := []struct {
		uri    string
		broken bool
		rc     int
		reply  string
	}{
		{"sip:x@nowhere.invalid", false, -478, "SIP/2.0 478 Unresolvable destination (478/TM)"},
		{"sip:x@10.0.0.2", true, -1, "SIP/2.0 477 Unfortunately error on sending to next hop occurred (477/TM)"},
		{"tel:123", false, -478, "SIP/2.0 478 Unresolvable destination (478/TM)"},
	}
	for _, c := range cases {
		w := newWorld(t, nil)
		w.broken["10.0.0.2"] = c.broken
		m := w.request("MESSAGE", "m")
		m.SetURI(c.uri)
		if rc := w.relay(m); rc != c.rc {
			t.Errorf("%s: %d, want %d", c.uri, rc, c.rc)
		}
		if len(w.sent) != 1 || !strings.HasPrefix(w.sent[0].raw, c.reply+"\r\n") {
			t.Errorf("%s: sent %v", c.uri, w.sent)
		}
		w.empty()
	}
}

func TestErrorReplyIsLeftToTheScript(t *testing.T) {
	w := newWorld(t, nil)
	m := w.request("INVITE", "m")
	m.SetURI("sip:nowhere.invalid")
	if rc := w.table.New(m); rc != 1 {
		t.Fatal(rc)
	}
	if rc := w.table.Relay(m, RelayOptions{Flags: NoErrorReply | No100Trying}); rc != -4 {
		t.Fatal(rc)
	}
	w.expect()
	if rc := Of(m).Reply(m, 404, "Not Found"); rc != 1 {
		t.Fatal(rc)
	}
	w.table.AfterRequest(m)
	w.expect("alice 404 INVITE")
	w.empty()
}

func TestServerRepliesItself(t *testing.T) {
	w := newWorld(t, nil)
	m := w.request("INVITE", "u")
	if rc := w.table.New(m); rc != 1 {
		t.Fatal(rc)
	}
	tr := Of(m)
	tr.Reply(m, 183, "Thinking")
	tr.Reply(m, 480, "Gone Fishing")
	if rc := tr.Reply(m, 481, "Again"); rc != -1 {
		t.Fatal("a second final reply", rc)
	}
	w.table.AfterRequest(m)
	w.expect("alice 183 INVITE", "alice 480 INVITE")
	w.pass(550 * time.Millisecond)
	w.expect("alice 480 INVITE")
	if rc := w.table.Check(w.ack("u", tr.Tag(), true)); rc != 0 {
		t.Fatal(rc)
	}
	w.pass(10 * time.Second)
	w.expect()
	w.empty()
}

func TestStrayCancel(t *testing.T) {
	cases := []struct {
		mode int
		want []string
	}{
		{0, []string{"bob CANCEL"}},
		{1, []string{"bob CANCEL"}},
		{2, nil},
	}
	for _, c := range cases {
		w := newWorld(t, func(v *Values) { v.UnmatchedCancel = c.mode })
		if rc := w.relay(w.message("alice", w.cancel("none"))); rc != 1 {
			t.Error(c.mode, rc)
		}
		w.expect(c.want...)
		if stateful := w.table.Len() == 1; stateful != (c.mode == 0) {
			t.Error(c.mode, "transactions:", w.table.Len())
		}
		w.empty()
	}
}

func TestFailureRouteForWhatCouldNotBeSent(t *testing.T) {
	w := newWorld(t, func(v *Values) { v.FailureExecMode = 1 })
	w.script["failed"] = func(c *route.Call) route.Outcome {
		c.Message.SetURI("sip:b@10.0.0.3")
		w.table.Relay(c.Message, RelayOptions{})
		return route.Done
	}
	w.broken["10.0.0.2"] = true
	m := w.request("INVITE", "x")
	m.Armed.Failure = route.Callback{Name: "failed"}
	if rc := w.relay(m); rc != 1 {
		t.Fatal(rc)
	}
	w.pass(millis(w.params.Get().FrTimer) - time.Second)
	w.expect("alice 100 INVITE")
	w.pass(2 * time.Second)
	w.grab("carol INVITE", "carol INVITE", "carol INVITE")
	w.empty()
}
