package shard

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// TestWaitIfSlow: the shard is kept until slow is called, and taken again at the end.
func TestWaitIfSlow(t *testing.T) {
	s := New(0, clock.NewManual(time.Unix(1, 0)), Limits{})
	var parked, back int
	s.Park = func() func() {
		parked++
		return func() { back++ }
	}
	other := make(chan struct{})
	s.Submit(1, Func(func() {
		s.WaitIfSlow(func(func()) {})
		if parked != 0 || s.Stats.Waits.Load() != 0 {
			t.Error("what was quick has let go of the shard")
		}
		s.WaitIfSlow(func(slow func()) {
			slow()
			slow()
			s.Submit(2, Func(func() { close(other) }), nil) // of another call
			<-other
			s.Submit(1, Func(func() { t.Log("held") }), nil)
		})
		if parked != 1 || back != 1 || s.Stats.Waits.Load() != 1 || s.Stats.Away.Load() != 0 {
			t.Errorf("parked %d times, back %d times, %d waits", parked, back, s.Stats.Waits.Load())
		}
	}), nil)
}

// TestWaitIfSlowOfABusyShard: what is queued does not wait for it.
func TestWaitIfSlowOfABusyShard(t *testing.T) {
	s := New(0, clock.NewManual(time.Unix(1, 0)), Limits{})
	queued := make(chan struct{})
	s.Submit(1, Func(func() {
		s.Submit(2, Func(func() { close(queued) }), nil)
		s.WaitIfSlow(func(func()) { <-queued })
	}), nil)
	s.Do(func() {})
}

// TestWaitIfSlowPanics: the shard is there for others after that.
func TestWaitIfSlowPanics(t *testing.T) {
	s := New(0, clock.NewManual(time.Unix(1, 0)), Limits{})
	caught := 0
	s.OnPanic = func(any) { caught++ }
	for _, letGo := range []bool{false, true} {
		s.Submit(1, Func(func() {
			s.WaitIfSlow(func(slow func()) {
				if letGo {
					slow()
				}
				panic("f")
			})
		}), nil)
	}
	done := false
	s.Do(func() { done = true })
	if caught != 2 || !done {
		t.Errorf("%d panics were caught, the shard works: %v", caught, done)
	}
}
