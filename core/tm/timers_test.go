package tm

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/sip"
)

// times are the instants at which packets of one label left, in milliseconds.
func (w *world) times(label string) (list []int) {
	for _, p := range w.sent {
		if w.label(p) == label {
			list = append(list, int(p.at.Milliseconds()))
		}
	}
	return list
}

// TestTimersOfRFC3261 checks every instant of the state machines of RFC 3261 section 17 and RFC 6026 with the default
// parameters. Timers K, D, I, J and L are wt_timer here, B, F and H fr_timer.
func TestTimersOfRFC3261(t *testing.T) {
	cases := []struct {
		name  string
		play  func(w *world)
		label string
		want  []int
	}{
		{"A: an INVITE doubles its interval, up to T2; B: 408 after fr_timer", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.pass(40 * time.Second)
		}, "bob INVITE", []int{0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500}},
		{"B", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.pass(30 * time.Second)
		}, "alice 408 INVITE", []int{30000}},
		{"A stops at a provisional reply", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.pass(700 * time.Millisecond)
			w.reply("bob", w.last("bob INVITE"), 100)
			w.pass(20 * time.Second)
		}, "bob INVITE", []int{0, 500}},
		{"C: fr_inv_timer, and the CANCEL", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.reply("bob", w.last("bob INVITE"), 180)
			w.pass(120 * time.Second)
		}, "bob CANCEL", []int{120000}},
		{"C starts anew with each provisional reply", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			invite := w.last("bob INVITE")
			w.reply("bob", invite, 180)
			w.pass(50 * time.Second)
			w.reply("bob", invite, 180)
			w.pass(120 * time.Second)
		}, "alice 408 INVITE", []int{170000}},
		{"max_inv_lifetime ends what rings for ever", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			invite := w.last("bob INVITE")
			for range 20 {
				w.reply("bob", invite, 180)
				w.pass(10 * time.Second)
			}
		}, "alice 408 INVITE", []int{180000, 180500, 181500, 183500, 187500, 191500, 195500, 199500}},
		{"E: a non-INVITE doubles up to T2; F: 408", func(w *world) {
			w.relay(w.request("MESSAGE", "c"))
			w.pass(33 * time.Second)
		}, "bob MESSAGE", []int{0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500}},
		{"F", func(w *world) {
			w.relay(w.request("MESSAGE", "c"))
			w.pass(33 * time.Second)
		}, "alice 408 MESSAGE", []int{30000}},
		{"E is T2 after a provisional reply", func(w *world) {
			w.relay(w.request("MESSAGE", "c"))
			w.pass(100 * time.Millisecond)
			w.reply("bob", w.last("bob MESSAGE"), 100)
			w.pass(13 * time.Second)
		}, "bob MESSAGE", []int{0, 4100, 8100, 12100}},
		{"G: a negative reply doubles up to T2 until the ACK; H: fr_timer", func(w *world) {
			m := w.request("INVITE", "c")
			w.table.New(m)
			Of(m).Reply(m, 480, "x")
			w.pass(40 * time.Second)
		}, "alice 480 INVITE", []int{0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500}},
		{"G stops at the ACK", func(w *world) {
			m := w.request("INVITE", "c")
			w.table.New(m)
			Of(m).Reply(m, 480, "x")
			w.pass(1600 * time.Millisecond)
			w.table.Check(w.ack("c", Of(m).Tag(), true))
			w.pass(20 * time.Second)
		}, "alice 480 INVITE", []int{0, 500, 1500}},
		{"D: an ACK for each repetition of the negative reply", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			invite := w.last("bob INVITE")
			for range 3 {
				w.reply("bob", invite, 486)
				w.pass(2 * time.Second)
			}
		}, "bob ACK", []int{0, 2000, 4000}},
		{"L: repeated 2xx pass for wt_timer", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			invite := w.last("bob INVITE")
			for range 4 {
				w.reply("bob", invite, 200)
				w.pass(2 * time.Second)
			}
		}, "alice 200 INVITE", []int{0, 2000, 4000}},
		{"J: repeated requests get the reply for wt_timer", func(w *world) {
			w.relay(w.request("MESSAGE", "c"))
			w.reply("bob", w.last("bob MESSAGE"), 200)
			for range 4 {
				w.table.Check(w.request("MESSAGE", "c"))
				w.pass(2 * time.Second)
			}
		}, "alice 200 MESSAGE", []int{0, 0, 2000, 4000}},
		{"the CANCEL is repeated until its answer", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.reply("bob", w.last("bob INVITE"), 180)
			w.relay(w.message("alice", w.cancel("c")))
			w.pass(3 * time.Second)
			w.reply("bob", w.last("bob CANCEL"), 200)
			w.pass(10 * time.Second)
		}, "bob CANCEL", []int{0, 500, 1500}},
		{"nothing is repeated over TCP", func(w *world) {
			m := w.request("INVITE", "c")
			m.SetURI("sip:10.0.0.2;transport=tcp")
			w.relay(m)
			w.pass(40 * time.Second)
		}, "bob INVITE", []int{0}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			c.play(w)
			if got := w.times(c.label); !slices.Equal(got, c.want) {
				t.Errorf("%s at %v, want %v", c.label, got, c.want)
			}
			w.empty()
		})
	}
}

func TestTransactionsGoAfterWtTimer(t *testing.T) {
	cases := []struct {
		name string
		play func(w *world)
		left time.Duration // from the end of play on
	}{
		{"answered INVITE", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.reply("bob", w.last("bob INVITE"), 200)
		}, 5 * time.Second},
		{"answered MESSAGE", func(w *world) {
			w.relay(w.request("MESSAGE", "c"))
			w.reply("bob", w.last("bob MESSAGE"), 404)
		}, 5 * time.Second},
		{"refused INVITE after its ACK", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.reply("bob", w.last("bob INVITE"), 404)
			w.pass(time.Second)
			w.relay(w.ack("c", "bob", true))
		}, 5 * time.Second},
		{"refused INVITE without an ACK", func(w *world) {
			w.relay(w.request("INVITE", "c"))
			w.reply("bob", w.last("bob INVITE"), 404)
		}, 35 * time.Second},
		{"made and forgotten", func(w *world) {
			m := w.request("MESSAGE", "c")
			w.table.New(m)
			w.table.AfterRequest(m)
		}, 5 * time.Second},
	}
	for _, c := range cases {
		w := newWorld(t, nil)
		c.play(w)
		w.pass(c.left - 10*time.Millisecond)
		if w.table.Len() != 1 {
			t.Errorf("%s: gone too early", c.name)
		}
		w.pass(20*time.Millisecond + together)
		if w.table.Len() != 0 {
			t.Errorf("%s: still there", c.name)
		}
		w.empty()
	}
}

func TestTimerSettingsOfOneTransaction(t *testing.T) {
	w := newWorld(t, nil)
	m := w.request("INVITE", "c")
	w.table.SetFr(m, 2000, 1000)
	w.table.SetRetr(m, 100, 300)
	w.relay(m)
	w.pass(900 * time.Millisecond)
	if got := fmt.Sprint(w.times("bob INVITE")); got != "[0 100 300 600 900]" {
		t.Error(got)
	}
	w.reply("bob", w.last("bob INVITE"), 180)
	w.pass(2 * time.Second)
	if got := fmt.Sprint(w.times("alice 408 INVITE")); got != "[2900]" {
		t.Error(got)
	}
	w.empty()
}

func TestWokenCalleeIsCancelled(t *testing.T) {
	w := newWorld(t, func(v *Values) { v.FrTimer = 1000 })
	w.relay(w.request("INVITE", "c"))
	invite := w.last("bob INVITE")
	w.pass(1100 * time.Millisecond)
	w.take()
	w.reply("bob", invite, 180)
	cancel := w.grab("bob CANCEL", "bob CANCEL")
	if m, _ := sip.Parse(cancel); m.Find("Reason") == nil || m.Find("Reason").Value != "SIP;cause=408" {
		t.Error(cancel)
	}
	w.reply("bob", cancel, 200)
	w.reply("bob", invite, 487)
	w.expect("bob ACK")
	w.empty()
}

// TestTransactionsGoTogether: those that end close to one another take one move of the wheel.
func TestTransactionsGoTogether(t *testing.T) {
	w := newWorld(t, nil)
	for _, call := range []string{"a", "b", "c"} {
		w.pass(20 * time.Millisecond)
		w.relay(w.request("MESSAGE", call))
		w.reply("bob", w.last("bob MESSAGE"), 200)
	}
	seen := map[int]bool{}
	for range 520 {
		w.pass(10 * time.Millisecond)
		seen[w.table.Len()] = true
	}
	if len(seen) != 2 || !seen[0] || !seen[3] {
		t.Errorf("so many were there at a time: %v", seen)
	}
}
