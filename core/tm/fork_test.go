package tm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/route"
)

// forked relays an INVITE to bob, carol and dave and gives what each received.
func forked(w *world, id string) (bob, carol, dave string) {
	w.t.Helper()
	w.relay(w.request("INVITE", id), "sip:c@10.0.0.3", "sip:d@10.0.0.4")
	bob, carol, dave = w.last("bob INVITE"), w.last("carol INVITE"), w.last("dave INVITE")
	w.expect("alice 100 INVITE", "bob INVITE", "carol INVITE", "dave INVITE")
	return bob, carol, dave
}

func TestBestReply(t *testing.T) {
	cases := []struct {
		bob, carol, dave int
		best             string
	}{
		{404, 486, 480, "404 Not Found"},
		{486, 503, 500, "486 Busy Here"},
		{404, 302, 486, "302 Moved Temporarily"},
		{503, 503, 503, "500 Service Unavailable"},
		{487, 408, 404, "404 Not Found"},
		{404, 401, 486, "401 Unauthorized"},
		{404, 415, 486, "415 Unsupported Media Type"},
		{302, 486, 603, "603 Decline"},
	}
	for _, c := range cases {
		w := newWorld(t, nil)
		bob, carol, dave := forked(w, "f")
		w.reply("bob", bob, c.bob)
		w.reply("carol", carol, c.carol)
		w.expect("bob ACK", "carol ACK")
		w.reply("dave", dave, c.dave)
		if got := w.sent[len(w.sent)-1].raw; !strings.HasPrefix(got, "SIP/2.0 "+c.best+"\r\n") {
			t.Errorf("%v: sent %q", c, got)
		}
		w.relay(w.ack("f", "x", true))
		w.empty()
	}
}

func TestAnswerCancelsLosers(t *testing.T) {
	w := newWorld(t, nil)
	bob, carol, dave := forked(w, "f")
	w.reply("bob", bob, 180)
	w.reply("carol", carol, 183)
	w.expect("alice 180 INVITE", "alice 183 INVITE")
	w.reply("carol", carol, 200)
	cancel := w.last("bob CANCEL")
	w.expect("alice 200 INVITE", "bob CANCEL") // dave never replied
	if !strings.Contains(cancel, "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n") {
		t.Fatal(cancel)
	}
	w.reply("bob", cancel, 200)
	w.reply("bob", bob, 487)
	w.expect("bob ACK")
	w.reply("dave", dave, 180)
	w.expect("dave CANCEL")
	w.reply("dave", dave, 200) // it crossed the CANCEL: RFC 6026 passes it on
	w.expect("alice 200 INVITE")
	w.empty()
}

func TestGlobalFailureCancelsTheOthers(t *testing.T) {
	w := newWorld(t, nil)
	bob, carol, dave := forked(w, "f")
	w.reply("bob", bob, 180)
	w.reply("carol", carol, 486)
	w.reply("dave", dave, 603)
	cancel := w.last("bob CANCEL")
	w.expect("alice 180 INVITE", "carol ACK", "dave ACK", "bob CANCEL")
	if !strings.Contains(cancel, "Reason: SIP;cause=603\r\n") {
		t.Fatal(cancel)
	}
	w.reply("bob", cancel, 200)
	w.reply("bob", bob, 487)
	w.expect("bob ACK", "alice 603 INVITE")
	w.empty()
}

func TestChallengesAreJoined(t *testing.T) {
	w := newWorld(t, nil)
	bob, carol, dave := forked(w, "f")
	w.reply("bob", bob, 401, `WWW-Authenticate: Digest realm="b"`)
	w.reply("carol", carol, 407, `Proxy-Authenticate: Digest realm="c"`)
	w.reply("dave", dave, 404)
	final := w.last("alice 401 INVITE")
	for _, want := range []string{`WWW-Authenticate: Digest realm="b"`, `Proxy-Authenticate: Digest realm="c"`} {
		if !strings.Contains(final, want) {
			t.Errorf("no %q in %q", want, final)
		}
	}
	if strings.Contains(final, ";tag=bob") {
		t.Error("joined under the tag of a branch", final)
	}
	w.empty()
}

func TestSerialForking(t *testing.T) {
	w := newWorld(t, nil)
	var seen []string
	next := []string{"sip:c@10.0.0.3", "sip:d@10.0.0.4"}
	w.script["failed"] = func(c *route.Call) route.Outcome {
		tr := Of(c.Message)
		code := tr.Current().Code
		seen = append(seen, fmt.Sprint(code, " ", c.Reply != nil, " ", c.Message.CurrentURI()))
		if len(next) == 0 {
			return route.Done
		}
		Arm(c.Message, OnFailureRoute, route.Callback{Name: "failed"})
		w.table.SetFr(c.Message, 0, 600)
		c.Message.SetURI(next[0])
		next = next[1:]
		if rc := w.table.Relay(c.Message, RelayOptions{}); rc != 1 {
			t.Errorf("relay: %d", rc)
		}
		return route.Done
	}
	m := w.request("INVITE", "s")
	m.SetURI("sip:first@10.0.0.2")
	m.Armed.Failure = route.Callback{Name: "failed"}
	w.relay(m)
	invite := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
	w.reply("bob", invite, 486)
	w.expect("bob ACK", "carol INVITE")
	w.pass(700 * time.Millisecond)
	dave := w.grab("dave INVITE", "carol INVITE", "dave INVITE")
	w.reply("dave", dave, 480)
	w.expect("dave ACK", "alice 480 INVITE")
	want := "[486 true sip:first@10.0.0.2 408 false sip:first@10.0.0.2 480 true sip:first@10.0.0.2]"
	if fmt.Sprint(seen) != want {
		t.Errorf("seen %v", seen)
	}
	w.empty()
}

func TestFailureRouteAnswers(t *testing.T) {
	w := newWorld(t, nil)
	w.script["failed"] = func(c *route.Call) route.Outcome {
		c.Message.Answer.Headers = append(c.Message.Answer.Headers, "X-F: 1\r\n")
		if rc := Of(c.Message).Reply(c.Message, 480, "Later"); rc != 1 {
			t.Error(rc)
		}
		return route.Done
	}
	m := w.request("INVITE", "s")
	m.Armed.Failure = route.Callback{Name: "failed"}
	w.relay(m)
	w.reply("bob", w.last("bob INVITE"), 503)
	if final := w.last("alice 480 INVITE"); !strings.Contains(final, "X-F: 1\r\n") {
		t.Error(final)
	}
	w.expect("alice 100 INVITE", "bob INVITE", "bob ACK", "alice 480 INVITE")
	w.empty()
}

func TestDroppedReplies(t *testing.T) {
	w := newWorld(t, nil)
	w.script["failed"] = func(c *route.Call) route.Outcome {
		Of(c.Message).DropReplies("")
		return route.Done
	}
	m := w.request("MESSAGE", "s")
	m.Armed.Failure = route.Callback{Name: "failed"}
	w.relay(m)
	w.reply("bob", w.last("bob MESSAGE"), 503)
	if got := w.last("alice 500 MESSAGE"); !strings.HasPrefix(got, "SIP/2.0 500 I'm terribly sorry, server error occurred (1/TM)\r\n") {
		t.Error(got)
	}
	w.empty()
}

func TestBranchFailureRouteReplacesABranch(t *testing.T) {
	w := newWorld(t, nil)
	var seen []string
	w.script["arm"] = func(c *route.Call) route.Outcome {
		Arm(c.Message, OnBranchFailureRoute, route.Callback{Name: "branch failed"})
		return route.Done
	}
	w.script["branch failed"] = func(c *route.Call) route.Outcome {
		code := Of(c.Message).Current().Code
		seen = append(seen, fmt.Sprint("branch ", code))
		if code == 503 {
			c.Message.SetURI("sip:backup@10.0.0.4")
			w.table.Relay(c.Message, RelayOptions{})
		}
		return route.Done
	}
	w.script["all failed"] = func(c *route.Call) route.Outcome {
		seen = append(seen, fmt.Sprint("all ", Of(c.Message).Current().Code))
		return route.Done
	}
	m := w.request("INVITE", "s")
	m.Armed.Branch = route.Callback{Name: "arm"}
	m.Armed.Failure = route.Callback{Name: "all failed"}
	w.relay(m, "sip:c@10.0.0.3")
	desk, mobile := w.last("bob INVITE"), w.last("carol INVITE")
	w.reply("bob", desk, 503)
	backup := w.grab("dave INVITE", "alice 100 INVITE", "bob INVITE", "carol INVITE", "bob ACK", "dave INVITE")
	w.reply("dave", backup, 486)
	w.reply("carol", mobile, 480)
	w.expect("dave ACK", "carol ACK", "alice 480 INVITE")
	if got := fmt.Sprint(seen); got != "[branch 503 branch 480 all 480]" {
		t.Error(got)
	}
	w.empty()
}

func TestBranchAndReplyRoutes(t *testing.T) {
	w := newWorld(t, nil)
	w.script["branch"] = func(c *route.Call) route.Outcome {
		if c.Branch == 2 {
			return route.Dropped
		}
		c.Message.Edits.Insert(c.Message.HeadersEnd, fmt.Sprintf("X-Branch: %d %s\r\n", c.Branch, c.Message.CurrentURI()))
		c.Message.Target.Flags = uint32(c.Branch + 1)
		return route.Done
	}
	w.script["reply"] = func(c *route.Call) route.Outcome {
		c.Message.Edits.Insert(c.Message.HeadersEnd, fmt.Sprintf("X-Seen: %d %d\r\n", c.Branch, c.Message.Target.Flags))
		if c.Message.Status == 183 {
			return route.Dropped
		}
		return route.Done
	}
	m := w.request("INVITE", "s")
	m.Armed.Branch = route.Callback{Name: "branch"}
	m.Armed.Reply = route.Callback{Name: "reply"}
	w.relay(m, "sip:c@10.0.0.3", "sip:d@10.0.0.4")
	bob, carol := w.last("bob INVITE"), w.last("carol INVITE")
	w.expect("alice 100 INVITE", "bob INVITE", "carol INVITE")
	if !strings.Contains(carol, "X-Branch: 1 sip:c@10.0.0.3\r\n") || strings.Contains(carol, "X-Branch: 0") {
		t.Error(carol)
	}
	w.reply("bob", bob, 183)
	w.expect()
	w.reply("carol", carol, 180)
	if got := w.grab("alice 180 INVITE", "alice 180 INVITE"); !strings.Contains(got, "X-Seen: 1 2\r\n") {
		t.Error(got)
	}
	w.reply("carol", carol, 200)
	w.expect("alice 200 INVITE", "bob CANCEL")
	w.empty()
}
