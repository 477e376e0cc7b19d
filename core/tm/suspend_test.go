package tm

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/route"
)

func suspended(w *world) *Transaction {
	w.t.Helper()
	m := w.request("INVITE", "p")
	if rc := w.table.Suspend(m); rc != 1 {
		w.t.Fatal(rc)
	}
	w.table.AfterRequest(m)
	w.expect("alice 100 INVITE")
	return Of(m)
}

func TestSuspendAndContinueWithARelay(t *testing.T) {
	w := newWorld(t, nil)
	tr := suspended(w)
	id := tr.ID()
	if id.Shard() != 3 || w.table.Find(id) != tr {
		t.Fatal("the ID does not lead back", id)
	}
	w.table.Check(w.request("INVITE", "p"))
	w.expect("alice 100 INVITE")
	w.script["resumed"] = func(c *route.Call) route.Outcome {
		c.Message.SetURI("sip:b@10.0.0.2")
		if rc := w.table.Relay(c.Message, RelayOptions{}); rc != 1 {
			t.Error(rc)
		}
		return route.Done
	}
	if rc := tr.Continue(route.Callback{Name: "resumed"}, ""); rc != 1 {
		t.Fatal(rc)
	}
	if rc := tr.Continue(route.Callback{Name: "resumed"}, ""); rc != -1 {
		t.Fatal(rc)
	}
	w.reply("bob", w.grab("bob INVITE", "bob INVITE"), 200)
	w.expect("alice 200 INVITE")
	w.empty()
}

func TestContinueWithNothingAnswers500(t *testing.T) {
	w := newWorld(t, nil)
	tr := suspended(w)
	tr.Continue(route.Callback{Name: "none"}, "")
	w.expect("alice 500 INVITE")
	w.empty()
}

func TestSuspendedForTooLong(t *testing.T) {
	w := newWorld(t, nil)
	suspended(w)
	w.pass(29 * time.Second)
	w.expect()
	w.pass(1100 * time.Millisecond)
	w.expect("alice 408 INVITE")
	w.empty()
}

func TestSuspendedAndCancelled(t *testing.T) {
	w := newWorld(t, nil)
	suspended(w)
	w.relay(w.message("alice", w.cancel("p")))
	if got := w.grab("alice 487 INVITE", "alice 487 INVITE", "alice 200 CANCEL"); !strings.HasPrefix(got, "SIP/2.0 487 Request canceled\r\n") {
		t.Error(got)
	}
	w.empty()
}
