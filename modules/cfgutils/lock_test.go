package cfgutils

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/keylock"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/kemi"
)

// host is the module with locks and a shard, without a server around it.
type host struct {
	*state
	shard *shard.Shard
}

func newHost(bits int) *host {
	return &host{&state{locks: make([]keylock.Lock, 1<<bits), stopping: make(chan struct{})}, shard.New(0, clock.System{}, shard.Limits{Waiting: 10})}
}

// message is a context for one more message of the shard.
func (h *host) message() *kemi.Ctx {
	return &kemi.Ctx{Msg: new(route.Message), Server: &kemi.Server{Log: log.Discard()}, Shard: &kemi.Shard{Shard: h.shard}}
}

func key(text string) *kemi.Args { return kemi.MakeArgs(kemi.Str(text)) }

func TestTrylock(t *testing.T) {
	h := newHost(4)
	c, other := h.message(), h.message()
	for i, tc := range []struct {
		c    *kemi.Ctx
		f    func(*kemi.Ctx, *kemi.Args) kemi.Value
		key  string
		want kemi.Value
	}{
		{c, h.trylock, "a", yes},
		{c, h.trylock, "a", no}, // not even the holder gets it again
		{c, h.trylock, "A", no},
		{other, h.trylock, "a", no},
		{c, h.unlock, "a", yes},
		{other, h.trylock, "a", yes},
		{c, h.unlock, "a", yes}, // anybody can give it back
		{c, h.unlock, "a", yes},
		{c, h.lock, "a", yes},
		{c, h.lock, "a", yes}, // the holder does not wait for itself
		{c, h.unlock, "a", yes},
		{other, h.trylock, "a", no},
		{c, h.unlock, "a", yes},
		{other, h.trylock, "a", yes},
	} {
		if got := tc.f(tc.c, key(tc.key)); got != tc.want {
			t.Errorf("step %d: %v, want %v", i, got, tc.want)
		}
	}
}

func TestTwoKeys(t *testing.T) {
	h := newHost(14)
	c := h.message()
	both := kemi.MakeArgs(kemi.Str("a"), kemi.Str("b"))
	if h.trylock(c, both) != yes || h.trylock(c, key("a")) != yes || h.trylock(c, both) != no || h.unlock(c, both) != yes || h.trylock(c, both) != yes {
		t.Error("two keys do not have a lock of their own")
	}
}

// TestOrder lets two messages of one shard take the lock; the shard goes on meanwhile.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(4)
		var order []string
		var wg sync.WaitGroup
		holder := h.message()
		h.shard.Do(func() { h.lock(holder, key("a")) })
		wg.Go(func() {
			h.shard.Do(func() {
				h.lock(h.message(), key("a"))
				order = append(order, "second")
			})
		})
		synctest.Wait()
		h.shard.Do(func() {
			order = append(order, "first")
			h.unlock(holder, key("a"))
		})
		wg.Wait()
		if len(order) != 2 || order[0] != "first" || order[1] != "second" {
			t.Error(order)
		}
	})
}

// TestForgotten checks that a lock which a failed script keeps does not stop others for long.
func TestForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(4)
		start := time.Now()
		h.shard.Do(func() { h.lock(h.message(), key("a")) })
		h.shard.Do(func() { h.lock(h.message(), key("a")) })
		if waited := time.Since(start); waited != keylock.Hold {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(0)
		start := time.Now()
		h.shard.Do(func() {
			h.sleep(h.message(), kemi.MakeArgs(kemi.Int(3)))
			h.usleep(h.message(), kemi.MakeArgs(kemi.Int(500)))
		})
		if slept := time.Since(start); slept != 3*time.Second+500*time.Microsecond {
			t.Errorf("slept %v", slept)
		}
		close(h.stopping)
		h.shard.Do(func() { h.sleep(h.message(), kemi.MakeArgs(kemi.Int(1000))) })
		if slept := time.Since(start); slept > 4*time.Second {
			t.Errorf("slept %v although the server stops", slept)
		}
	})
}
