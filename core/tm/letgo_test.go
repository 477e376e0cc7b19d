package tm

import (
	"testing"

	"github.com/moonroute/moonroute/core/route"
)

// TestRequestIsGivenBack: the memory of a request is used again once its transaction has gone and nobody can look at it.
func TestRequestIsGivenBack(t *testing.T) {
	cases := []struct {
		name string
		play func(w *world, m *route.Message)
		want int
	}{
		{"an answered call", func(w *world, m *route.Message) {
			w.relay(m)
			w.reply("bob", w.last("bob INVITE"), 200)
		}, 1},
		{"a rejected call", func(w *world, m *route.Message) {
			w.relay(m)
			w.reply("bob", w.last("bob INVITE"), 486)
		}, 1},
		{"the route has not ended", func(w *world, m *route.Message) {
			w.table.Relay(m, RelayOptions{})
			w.reply("bob", w.last("bob INVITE"), 200)
		}, 0},
		{"a repetition has its transaction in hand", func(w *world, m *route.Message) {
			w.relay(m)
			w.table.Check(w.request("INVITE", "x"))
			w.reply("bob", w.last("bob INVITE"), 200)
		}, 0},
		{"a failure route runs still", func(w *world, m *route.Message) {
			w.script["failed"] = func(*route.Call) route.Outcome {
				w.table.remove(Of(m)) // as if it had waited for long
				return route.Done
			}
			m.Armed.Failure = route.Callback{Name: "failed"}
			w.relay(m)
			w.reply("bob", w.last("bob INVITE"), 486)
		}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			m, freed := w.request("INVITE", "x"), 0
			m.OnFree(func() { freed++ })
			c.play(w, m)
			if freed != 0 {
				t.Error("too early")
			}
			w.empty()
			if freed != c.want {
				t.Errorf("given back %d times, want %d", freed, c.want)
			}
		})
	}
}

// TestHeldCancelIsNotGivenBack: a CANCEL that waits for a provisional reply is needed beyond its own transaction.
func TestHeldCancelIsNotGivenBack(t *testing.T) {
	w := newWorld(t, func(v *Values) { v.E2ECancelHopByHop = 0 })
	w.relay(w.request("INVITE", "x"))
	m, freed := w.message("alice", w.cancel("x")), 0
	m.OnFree(func() { freed++ })
	w.relay(m)
	w.empty()
	if freed != 0 || !m.Kept() {
		t.Error("given back")
	}
}

// slowHook ends the transaction from inside, as if the script that it runs had waited for long.
type slowHook struct{ table *Table }

func (h *slowHook) Kinds() uint32 { return 1 << ReplyOut }

func (h *slowHook) OnTransaction(e *HookEvent) { h.table.remove(e.Transaction) }

func TestHookHoldsTheRequest(t *testing.T) {
	w := newWorld(t, nil)
	freed := 0
	w.table.env.Hooks = NewHooks(&slowHook{w.table})
	m := w.request("MESSAGE", "x")
	m.OnFree(func() { freed++ })
	w.relay(m)
	w.reply("bob", w.last("bob MESSAGE"), 200)
	if freed != 0 {
		t.Error("given back while its transaction is at work")
	}
}

// TestParsedFormIsGivenBack: a transaction that waits for what comes late keeps the text of its request only, and makes
// the parsed form again for whoever asks.
func TestParsedFormIsGivenBack(t *testing.T) {
	cases := []struct {
		name string
		play func(w *world, m *route.Message)
		want bool
	}{
		{"an answered call", func(w *world, m *route.Message) {
			w.relay(m)
			w.reply("bob", w.last("bob INVITE"), 200)
		}, true},
		{"it rings still", func(w *world, m *route.Message) {
			w.relay(m)
			w.reply("bob", w.last("bob INVITE"), 180)
		}, false},
		{"the route has not ended", func(w *world, m *route.Message) {
			w.table.Relay(m, RelayOptions{})
			w.reply("bob", w.last("bob INVITE"), 200)
		}, false},
		{"a repetition has its transaction in hand", func(w *world, m *route.Message) {
			w.relay(m)
			w.table.Check(w.request("INVITE", "x"))
			w.reply("bob", w.last("bob INVITE"), 200)
		}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			m, thinned := w.request("INVITE", "x"), false
			m.OnThin(func() { thinned = true })
			text := m.Raw
			c.play(w, m)
			if thinned != c.want || thinned != (m.Message == nil) {
				t.Errorf("given back: %v, want %v", thinned, c.want)
			}
			if r := Of(m).Request(); r != m || r.Raw != text || len(r.Headers) == 0 {
				t.Errorf("the request is no longer what it was: %q", r.Raw)
			}
		})
	}
}

// TestCallbackHoldsTheParsedForm: a route that runs for the transaction may look at the request.
func TestCallbackHoldsTheParsedForm(t *testing.T) {
	w := newWorld(t, nil)
	m, thinned, early := w.request("INVITE", "x"), false, false
	m.OnThin(func() { thinned = true })
	w.script["replied"] = func(*route.Call) route.Outcome {
		Of(m).wait()
		Of(m).thin()
		early = thinned
		return route.Dropped
	}
	m.Armed.Reply = route.Callback{Name: "replied"}
	w.relay(m)
	w.reply("bob", w.last("bob INVITE"), 180)
	if early || !thinned {
		t.Errorf("given back in the route: %v, after it: %v", early, thinned)
	}
}
