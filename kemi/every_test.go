package kemi

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

func idle() *Server {
	s := &Server{Clock: clock.System{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := idle()
		var at []time.Duration
		start := time.Now()
		s.Every(time.Second, func(context.Context) {
			at = append(at, time.Since(start))
			time.Sleep(500 * time.Millisecond)
		})
		time.Sleep(5 * time.Second)
		s.cancel()
		s.background.Wait()
		if len(at) != 3 || at[0] != time.Second || at[2] != 4*time.Second {
			t.Errorf("it was called at %v", at)
		}
		if n := s.Working(); n != 0 {
			t.Errorf("%d are still at work", n)
		}
	})
}

func TestAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := idle()
		called := 0
		count := func(context.Context) { called++ }
		s.After(time.Second, count)
		stop := s.After(time.Second, count)
		s.After(3*time.Second, count)
		stop()
		time.Sleep(2 * time.Second)
		s.cancel()
		s.background.Wait()
		time.Sleep(2 * time.Second)
		if called != 1 {
			t.Errorf("called %d times", called)
		}
	})
}

// hand is a clock that keeps what waits by it.
type hand struct {
	*clock.Manual
	waiting []func()
}

func (h *hand) After(_ time.Duration, f func()) func() {
	h.waiting = append(h.waiting, f)
	return func() {}
}

func (*hand) Sleep(time.Duration, <-chan struct{}) {}

func TestEveryByHand(t *testing.T) {
	h, called := &hand{Manual: clock.NewManual(time.Unix(0, 0))}, 0
	s := idle()
	s.Clock = h
	s.Every(time.Second, func(context.Context) { called++ })
	for i := range 3 {
		if len(h.waiting) != i+1 {
			t.Fatalf("%d wait after %d calls", len(h.waiting), i)
		}
		h.waiting[i]()
	}
	s.cancel()
	h.waiting[3]()
	if called != 3 || len(h.waiting) != 4 {
		t.Errorf("called %d times, %d waiting", called, len(h.waiting))
	}
}

func TestRandomFollowsFromASeed(t *testing.T) {
	read := func(seed uint64) string {
		b := make([]byte, 16)
		_, _ = (&Server{Seed: seed}).Random().Read(b)
		return string(b)
	}
	if first, again := read(3), read(3); first != again {
		t.Error("the same seed gives other bytes")
	}
	if first, again := read(0), read(0); first == again || read(3) == read(4) {
		t.Error("random bytes do not follow from the seed")
	}
}
