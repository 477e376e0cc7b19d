package digest

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNonceCount(t *testing.T) {
	w := newWorld(t, Options{Followed: Followed{NonceCount: true, CountSize: 1 << 10, Pools: 4}})
	x := w.challenge(message(t, "MESSAGE"), "auth")
	for _, step := range []struct {
		count int
		want  Result
	}{{1, OK}, {1, Stale}, {2, OK}, {9, OK}, {5, Stale}, {255, OK}, {256, Stale}} {
		w.alice.Count = step.count
		if r := w.answer(x); r != step.want {
			t.Errorf("nonce count %d: %d, want %d", step.count, r, step.want)
		}
	}
	for _, nc := range []string{"1", "0000000g", "000000001", "-0000001"} {
		m := message(t, "MESSAGE", "Authorization: "+strings.Replace(w.alice.Answer(x, request), "nc=00000100", "nc="+nc, 1))
		if r := w.check(m, "wonder", false); r != Failed {
			t.Errorf("nonce count %s: %d", nc, r)
		}
	}
}

// TestFailureNeedNotUseUpANonce is flag 32 of the pv_… functions.
func TestFailureNeedNotUseUpANonce(t *testing.T) {
	for _, f := range []Followed{{NonceCount: true}, {OneTime: true}} {
		w := newWorld(t, Options{Followed: f})
		x := w.challenge(message(t, "MESSAGE"), "auth")
		m := message(t, "MESSAGE", "Authorization: "+w.alice.Answer(x, request))
		if r := w.check(m, "wrong", true); r != WrongPassword {
			t.Errorf("wrong: %d", r)
		}
		if r := w.check(m, "wonder", true); r != OK {
			t.Errorf("right: %d", r)
		}
		if r := w.check(m, "wonder", true); r != Stale && r != Reused {
			t.Errorf("again: %d", r)
		}
	}
}

func TestOneTimeNonce(t *testing.T) {
	w := newWorld(t, Options{Followed: Followed{OneTime: true, OneTimeOrder: 10}})
	for range 3000 { // more than there are in flight: cells are used again
		x := w.challenge(message(t, "MESSAGE"), "")
		if first, second := w.answer(x), w.answer(x); first != OK || second != Reused {
			t.Fatalf("first %d, then %d", first, second)
		}
	}
	old := w.challenge(message(t, "MESSAGE"), "")
	for range 1 << 10 {
		w.challenge(message(t, "MESSAGE"), "")
	}
	if r := w.answer(old); r != Reused {
		t.Errorf("one that has been overtaken: %d", r)
	}
	other := newWorld(t, Options{Secret: "s"})
	if r := newWorld(t, Options{Secret: "s", Followed: Followed{OneTime: true}}).answer(other.challenge(nil, "")); r != Stale {
		t.Errorf("one without a number: %d", r)
	}
}

// TestOneOfManyWins has many goroutines use one nonce at the same time.
func TestOneOfManyWins(t *testing.T) {
	p := newPools(1)
	plan, err := newPartition(p, "x", 1024, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, o := newCounts(plan), newOnce(plan)
	number := p.next(0)
	c.begin(number, 0)
	o.begin(number, 0)
	var counted, once atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if c.use(number, 0, 7, true) {
				counted.Add(1)
			}
			if o.use(number, 0, true) {
				once.Add(1)
			}
		})
	}
	all.Wait()
	if counted.Load() != 1 || once.Load() != 1 {
		t.Errorf("%d and %d uses succeeded", counted.Load(), once.Load())
	}
}

// TestCellsAreOfOneNonce checks that the nonces in flight of a pool do not share a cell.
func TestCellsAreOfOneNonce(t *testing.T) {
	p := newPools(5) // 4
	plan, err := newPartition(p, "x", 1<<8+3, 0, 1)
	if err != nil || plan.cells() != 1<<8 || len(p) != 4 {
		t.Fatal(plan.cells(), err)
	}
	seen := map[int]bool{}
	for pool := range p {
		for range 1 << plan.k {
			seen[plan.cell(p.next(pool), pool)] = true
		}
	}
	if len(seen) != 1<<8 {
		t.Errorf("%d cells of %d are used", len(seen), 1<<8)
	}
}

func TestRefusedSizes(t *testing.T) {
	for _, f := range []Followed{
		{NonceCount: true, Pools: 4, CountSize: 4}, {NonceCount: true, CountOrder: 24}, {NonceCount: true, CountSize: -1},
		{NonceCount: true, CountOrder: -1}, {OneTime: true, OneTimeSize: 16}, {OneTime: true, Pools: 64, OneTimeOrder: 60},
	} {
		if _, err := New(Options{Clock: newWorld(t, Options{}).clock, Followed: f}); err == nil || !strings.Contains(err.Error(), "is too") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
