package tm

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// cancel is alice's CANCEL of the call with this id.
func (w *world) cancel(id string) string {
	return fmt.Sprintf(`CANCEL sip:bob@10.0.0.2 SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-%[1]s
From: <sip:alice@10.0.0.1>;tag=a
To: <sip:bob@10.0.0.2>
Call-ID: %[1]s@alice
CSeq: 1 CANCEL
Reason: SIP;cause=200;text="picked up elsewhere"
Content-Length: 0

`, id)
}

func TestCancelWhileRinging(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("INVITE", "c"))
	invite := w.last("bob INVITE")
	w.reply("bob", invite, 180)
	w.take()
	m := w.message("alice", w.cancel("c"))
	if rc := w.table.Check(m); rc != 1 {
		t.Fatal(rc)
	}
	w.relay(m)
	cancel := w.last("bob CANCEL")
	w.expect("bob CANCEL", "alice 200 CANCEL")
	if !strings.Contains(cancel, `Reason: SIP;cause=200;text="picked up elsewhere"`) {
		t.Error(cancel)
	}
	if rc := w.table.Check(w.message("alice", w.cancel("c"))); rc != 0 {
		t.Error(rc)
	}
	w.expect("alice 200 CANCEL")
	w.reply("bob", cancel, 200)
	w.expect()
	w.reply("bob", invite, 487)
	w.expect("bob ACK", "alice 487 INVITE")
	w.relay(w.ack("c", "bob", true))
	w.empty()
}

func TestCancelWaitsForTheFirstProvisional(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("INVITE", "c"))
	invite := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
	w.relay(w.message("alice", w.cancel("c")))
	w.expect("alice 200 CANCEL")
	w.pass(600 * time.Millisecond)
	w.expect("bob INVITE")
	w.reply("bob", invite, 180)
	cancel := w.grab("bob CANCEL", "bob CANCEL")
	w.reply("bob", invite, 180)
	w.take()
	w.pass(600 * time.Millisecond)
	w.expect("bob CANCEL")
	w.reply("bob", cancel, 200)
	w.pass(time.Second)
	w.expect()
	w.reply("bob", invite, 487)
	w.expect("bob ACK", "alice 487 INVITE")
	w.empty()
}

func TestCancelOfNothing(t *testing.T) {
	w := newWorld(t, nil)
	if rc := w.table.Check(w.message("alice", w.cancel("none"))); rc != -1 {
		t.Fatal(rc)
	}
	w.expect()
}

func TestCancelAfterTheEnd(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("INVITE", "c"))
	w.reply("bob", w.last("bob INVITE"), 200)
	w.take()
	w.relay(w.message("alice", w.cancel("c")))
	if got := w.grab("alice 200 CANCEL", "alice 200 CANCEL"); !strings.Contains(got, "200 ok -- no more pending branches") {
		t.Error(got)
	}
	w.empty()
}

func TestCancelOfASilentCalleeEndsIn487(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("INVITE", "c"))
	w.relay(w.message("alice", w.cancel("c")))
	w.take()
	w.pass(30 * time.Second)
	if got := w.take(); got[len(got)-1] != "alice 487 INVITE" {
		t.Error(got)
	}
	w.empty()
}

func TestCancelMethods(t *testing.T) {
	cases := []struct {
		method int
		want   []string
	}{
		{0, []string{"alice 487 INVITE", "alice 200 CANCEL"}},
		{1, []string{"alice 200 CANCEL"}},
		{2, []string{"bob CANCEL", "alice 200 CANCEL"}},
	}
	for _, c := range cases {
		w := newWorld(t, func(v *Values) { v.CancelBMethod = c.method })
		w.relay(w.request("INVITE", "c"))
		w.take()
		w.relay(w.message("alice", w.cancel("c")))
		w.expect(c.want...)
		w.empty()
	}
}

func TestGlobalFailureWithPretendedCancel(t *testing.T) {
	w := newWorld(t, func(v *Values) { v.CancelBMethod = 0 })
	bob, _, _ := forked(w, "f")
	w.reply("bob", bob, 603)
	w.expect("bob ACK", "alice 603 INVITE")
	w.empty()
}
