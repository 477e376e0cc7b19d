package digest

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/digest/digesttest"
)

// TestNonceOfTheIncumbent has one that Kamailio 5.6.3 made.
func TestNonceOfTheIncumbent(t *testing.T) {
	const text, secret = "awMgXGsDHzD5D9Qfu0FLSOXuGBp3FIxq", "apiparity secret for nonces"
	n, ok := readNonce(text, false)
	if !ok || n.expire-n.since != 300 || n.sum(secret) != n.mac {
		t.Errorf("%+v, %v", n, ok)
	}
	if got := string(n.appendText(nil)); got != text {
		t.Errorf("written as %s", got)
	}
}

func TestLifeOfANonce(t *testing.T) {
	w := newWorld(t, Options{Secret: "s", NonceExpire: 60})
	x := w.challenge(message(t, "MESSAGE"), "")
	nonce := digesttest.Param(x, "nonce")
	if len(nonce) != 32 || w.answer(x) != OK || w.answer(x) != OK {
		t.Errorf("%s: a fresh nonce gives %d", x, w.answer(x))
	}
	for name, other := range map[string]string{
		"cut": nonce[:28], "changed": nonce[:31] + "A", "another alphabet": "_" + nonce[1:], "too long": nonce + strings.Repeat("A", 40), "none": "",
	} {
		if r := w.answer(strings.Replace(x, nonce, other, 1)); r != Failed {
			t.Errorf("%s: %d", name, r)
		}
	}
	w.clock.Advance(60 * time.Second)
	if r := w.answer(x); r != OK {
		t.Errorf("in its last second: %d", r)
	}
	w.clock.Advance(time.Second)
	if r := w.answer(x); r != Stale {
		t.Errorf("after its time: %d", r)
	}
}

func TestServersWithOneSecret(t *testing.T) {
	a, b := newWorld(t, Options{Secret: "s"}), newWorld(t, Options{Secret: "s"})
	stranger, random := newWorld(t, Options{Secret: "t"}), newWorld(t, Options{})
	x := a.challenge(message(t, "MESSAGE"), "auth")
	if b.answer(x) != OK || stranger.answer(x) != Failed || random.answer(x) != Failed {
		t.Error(b.answer(x), stranger.answer(x), random.answer(x))
	}
	for seconds, want := range map[int]Result{2: OK, 3: OK, 4: Stale} {
		ahead := newWorld(t, Options{Secret: "s"})
		ahead.clock.Advance(time.Duration(seconds) * time.Second)
		if r := b.answer(ahead.challenge(message(t, "MESSAGE"), "")); r != want {
			t.Errorf("a nonce %d seconds from the future: %d, want %d", seconds, r, want)
		}
	}
	later := newWorld(t, Options{Secret: "s"})
	later.clock.Advance(time.Second)
	later.started.Store(later.now())
	if r := later.answer(x); r != Stale {
		t.Errorf("a nonce from before the start: %d", r)
	}
}

func TestBoundNonces(t *testing.T) {
	w := newWorld(t, Options{Secret: "0123456789abcdef0123456789abcdef", NoDialog: CheckURI | CheckCallID | CheckFromTag | CheckSource, InDialog: CheckFromTag})
	x := w.challenge(message(t, "MESSAGE"), "")
	for header, want := range map[string]Result{
		"X: y": OK, "Call-ID: c2": Stale, "From: <sip:alice@r.example>;tag=2": Stale, "To: <sip:alice@r.example>;tag=9": Stale,
	} {
		if r := w.answer(x, header); r != want {
			t.Errorf("%s: %d, want %d", header, r, want)
		}
	}
	dialog := w.challenge(message(t, "MESSAGE", "To: <sip:b@b>;tag=9"), "")
	if r := w.answer(dialog, "To: <sip:b@b>;tag=9", "Call-ID: other"); r != OK {
		t.Errorf("in a dialog: %d", r)
	}
	moved := message(t, "MESSAGE", "Authorization: "+w.alice.Answer(x, digesttest.Request{Method: "MESSAGE", URI: "sip:r.example"}))
	moved.SetURI("sip:elsewhere")
	if r := w.check(moved, "wonder", false); r != Stale {
		t.Errorf("another request URI: %d", r)
	}
	if r := w.answer(strings.Replace(x, digesttest.Param(x, "nonce"), digesttest.Param(x, "nonce")[:32], 1)); r != Failed {
		t.Errorf("cut short: %d", r)
	}
}

func FuzzNonce(f *testing.F) {
	f.Add("awMgXGsDHzD5D9Qfu0FLSOXuGBp3FIxq", false)
	f.Add("awMgXGsDHzD5D9Qfu0FLSOXuGBp3FIxqAAAAAAAAAAAAAAAAAAAAAAAAAIA=", true)
	f.Fuzz(func(t *testing.T, text string, bound bool) {
		n, ok := readNonce(text, bound)
		if !ok {
			return
		}
		if !n.numbered() {
			n.number, n.flags = 0, 0 // what only looks like a number is not written
		}
		again, ok := readNonce(string(n.appendText(nil)), bound)
		if !ok || again != n {
			t.Fatalf("%q: %+v, then %+v", text, n, again)
		}
	})
}
