package shard

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

func newShard(limits Limits) *Shard { return New(0, clock.System{}, limits) }

type relief struct{ n atomic.Int32 }

func (r *relief) Relieve() { r.n.Add(1) }

func TestIdleShardRunsOnTheCallersGoroutine(t *testing.T) {
	s, ran := newShard(Limits{}), false
	if ok, relieved := s.Submit(1, Func(func() { ran = true }), nil); !ok || relieved || !ran {
		t.Fatal(ok, relieved, ran)
	}
}

func TestOneAtATimeAndInOrder(t *testing.T) {
	s := newShard(Limits{Queue: 1 << 20})
	var inside, total int // no lock: the race detector watches
	last := make([]int, 8)
	var producers sync.WaitGroup
	for p := range 8 {
		producers.Go(func() {
			for i := range 2000 {
				s.Submit(uint64(p+1), Func(func() {
					inside++
					if inside != 1 || last[p] != i {
						t.Errorf("producer %d job %d after %d, %d inside", p, i, last[p], inside)
					}
					last[p] = i + 1
					total++
					inside--
				}), nil)
			}
		})
	}
	producers.Wait()
	s.Do(func() {
		if total != 16000 {
			t.Errorf("ran %d", total)
		}
	})
}

func TestFullQueueRefuses(t *testing.T) {
	s := newShard(Limits{Queue: 2})
	s.Submit(1, Func(func() {
		for i := range 4 {
			if ok, _ := s.Submit(2, Func(func() {}), nil); ok != (i < 2) {
				t.Errorf("job %d accepted: %v", i, ok)
			}
		}
	}), nil)
	if s.Stats.Overload.Load() != 2 {
		t.Fatal(s.Stats.Overload.Load())
	}
}

func TestWaitServesOthersAndHoldsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{})
		var order []string
		note := func(what string) Job { return Func(func() { order = append(order, what) }) }
		var c relief
		relieved := make(chan bool)
		go func() {
			_, r := s.Submit(1, Func(func() {
				order = append(order, "first")
				s.Wait(func() { time.Sleep(time.Second) })
				order = append(order, "resumed")
			}), &c)
			relieved <- r
		}()
		synctest.Wait()
		s.Submit(1, note("same call"), nil)
		s.Submit(2, note("other call"), nil)
		s.Submit(1, note("same call again"), nil)
		if !<-relieved || c.n.Load() != 1 {
			t.Errorf("the carrier was relieved %d times", c.n.Load())
		}
		want := []string{"first", "other call", "resumed", "same call", "same call again"}
		if !slices.Equal(order, want) {
			t.Errorf("order %q", order)
		}
		s.Do(func() {
			if len(s.held) != 0 || s.waiting != 0 {
				t.Errorf("left: %d held, %d waiting", len(s.held), s.waiting)
			}
		})
	})
}

func TestHeldJobsMayWaitToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{})
		var order []int
		for i := range 5 {
			go s.Submit(7, Func(func() {
				s.Wait(func() { time.Sleep(time.Duration(10-i) * time.Millisecond) })
				order = append(order, i)
			}), nil)
			synctest.Wait()
		}
		time.Sleep(time.Second)
		s.Do(func() {
			if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
				t.Errorf("order %v", order)
			}
		})
	})
}

func TestHeldIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ran := newShard(Limits{Held: 3}), 0
		go s.Submit(1, Func(func() { s.Wait(func() { time.Sleep(time.Second) }) }), nil)
		synctest.Wait()
		for range 10 {
			s.Submit(1, Func(func() { ran++ }), nil)
		}
		time.Sleep(2 * time.Second)
		s.Do(func() {
			if ran != 3 || s.Stats.HeldOver.Load() != 7 {
				t.Errorf("ran %d, dropped %d", ran, s.Stats.HeldOver.Load())
			}
		})
	})
}

func TestTooManyWaitingBlockTheShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{Waiting: 2})
		for i := range 3 {
			go s.Submit(uint64(i+1), Func(func() { s.Wait(func() { time.Sleep(time.Second) }) }), nil)
			synctest.Wait()
		}
		if s.Stats.Waits.Load() != 2 {
			t.Errorf("%d let go", s.Stats.Waits.Load())
		}
		start, ran := time.Now(), time.Duration(0)
		s.Do(func() { ran = time.Since(start) })
		if ran < time.Second {
			t.Errorf("the shard was free after %v", ran)
		}
	})
}

func TestWaitSurvivesAPanic(t *testing.T) {
	s := newShard(Limits{})
	s.Submit(1, Func(func() {
		defer func() { _ = recover() }()
		s.Wait(func() { panic("boom") })
	}), nil)
	ran := false
	s.Submit(1, Func(func() { ran = true }), nil)
	if !ran {
		t.Fatal("the shard was lost")
	}
}

func TestAPanicLosesItsJobOnly(t *testing.T) {
	s := newShard(Limits{})
	caught, ran := 0, 0
	s.OnPanic = func(any) { caught++ }
	timer := clock.Timer{Fire: func() { panic("boom") }}
	s.Submit(1, Func(func() { s.Arm(&timer, 0); panic("boom") }), nil)
	s.Do(func() { s.InCall(1, Func(func() { panic("boom") })); ran++ })
	s.Do(func() { s.Wheel.Advance(time.Now().Add(time.Second)); ran++ })
	s.Submit(1, Func(func() { ran++ }), nil)
	if caught != 3 || ran != 2 {
		t.Fatalf("caught %d, ran %d", caught, ran)
	}
}

func TestTimersOfAWaitingCallAreHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{})
		var order []string
		timer := clock.Timer{Fire: func() {
			s.InCall(1, Func(func() { order = append(order, "timer") }))
		}}
		go s.Submit(1, Func(func() {
			s.Arm(&timer, 100*time.Millisecond)
			s.Wait(func() { time.Sleep(time.Second) })
			order = append(order, "resumed")
		}), nil)
		for range 30 {
			time.Sleep(50 * time.Millisecond)
			s.Tick()
		}
		if !slices.Equal(order, []string{"resumed", "timer"}) {
			t.Errorf("order %q", order)
		}
	})
}

func BenchmarkSubmitIdle(b *testing.B) {
	s, j := newShard(Limits{}), Func(func() {})
	b.ReportAllocs()
	for b.Loop() {
		s.Submit(1, j, nil)
	}
}

func TestTimersBehindAWaitingJobAreNeverDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{Held: 2})
		fired, ran := 0, 0
		go s.Submit(7, Func(func() { s.Wait(func() { time.Sleep(time.Second) }) }), nil)
		synctest.Wait()
		for range 5 {
			s.Submit(7, Func(func() { ran++ }), nil)
			s.Do(func() { s.InCall(7, Func(func() { fired++ })) })
			s.Post(7, Func(func() { fired++ }))
			synctest.Wait()
		}
		time.Sleep(2 * time.Second)
		s.Do(func() {
			if fired != 10 || ran == 5 || s.Stats.HeldOver.Load() != uint64(5-ran) {
				t.Errorf("%d timers fired, %d messages ran, %d were dropped", fired, ran, s.Stats.HeldOver.Load())
			}
		})
	})
}

func TestEndlessLineOfWaitingJobsKeepsTheStackShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{})
		deepest, n := 0, 0
		var job func()
		job = func() {
			deepest = max(deepest, runtime.Callers(0, make([]uintptr, 1000)))
			if n++; n < 200 {
				go s.Submit(7, Func(job), nil)
			}
			s.Wait(func() { time.Sleep(time.Millisecond) })
		}
		go s.Submit(7, Func(job), nil)
		time.Sleep(time.Second)
		s.Do(func() {
			if n != 200 || deepest > 50 {
				t.Errorf("%d jobs, %d frames", n, deepest)
			}
		})
	})
}

func TestDueTellsWhenToTick(t *testing.T) {
	now := clock.NewManual(time.Unix(1000, 0))
	s := New(0, now, Limits{})
	var told []time.Duration
	s.OnDue = func(at time.Time) { told = append(told, at.Sub(s.Clock.Now())) }
	if due := s.Due(now.Now()); due < 24*time.Hour {
		t.Fatalf("an empty wheel is due in %v", due)
	}
	fired := 0
	late, early := clock.Timer{Fire: func() { fired++ }}, clock.Timer{Fire: func() { fired++ }}
	s.Do(func() {
		s.Arm(&late, time.Second)
		s.Arm(&early, 100*time.Millisecond)
		s.Arm(&early, 200*time.Millisecond) // later than what is known: nobody need be told
	})
	if want := []time.Duration{time.Second, 100 * time.Millisecond}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
	for step := 0; step < 10 && fired < 2; step++ {
		now.Advance(s.Due(now.Now()) + clock.Tick)
		s.Tick()
	}
	if fired != 2 || s.Due(now.Now()) < 24*time.Hour {
		t.Errorf("%d timers fired, the next work is in %v", fired, s.Due(now.Now()))
	}
}

type begun struct{ Func }

func (begun) Urgent() bool { return true }

// TestUrgent: what is urgent comes before the rest and has room after it is full, each in its order.
func TestUrgent(t *testing.T) {
	s := newShard(Limits{Queue: 4})
	var order []string
	note := func(text string) Func { return func() { order = append(order, text) } }
	s.Submit(1, Func(func() {
		for i := range 6 {
			if ok, _ := s.Submit(2, note("new"), nil); ok != (i < 4) {
				t.Errorf("new job %d accepted: %v", i, ok)
			}
		}
		for i := range 4 {
			if ok, _ := s.Submit(3, begun{note("reply")}, nil); ok != (i < 2) {
				t.Errorf("urgent job %d accepted: %v", i, ok)
			}
		}
		s.Post(4, note("timer"))
	}), nil)
	if got := strings.Join(order, " "); got != "reply reply timer new new new new" {
		t.Error(got)
	}
}

// TestLoad: a shard whose jobs all had to wait falls behind, and catches up when they do not.
func TestLoad(t *testing.T) {
	s := newShard(Limits{})
	c := clock.NewManual(time.Unix(1000, 0))
	s.Clock = c
	work := Func(func() { c.Advance(10 * time.Millisecond) })
	s.Submit(1, Func(func() {
		for range 50 {
			s.Submit(2, work, nil)
		}
	}), nil)
	if behind := s.Load.Behind(); behind < 480*time.Millisecond || behind > 500*time.Millisecond {
		t.Errorf("%v behind", behind)
	}
	c.Advance(20 * time.Millisecond)
	s.Submit(1, work, nil)
	if behind := s.Load.Behind(); behind != 0 {
		t.Errorf("%v behind", behind)
	}
}

// TestDoLeavesAnOverloadToOthers: who asks for one thing does not have to do all that has piled up meanwhile.
func TestDoLeavesAnOverloadToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShard(Limits{})
		for range 100 {
			s.Load.Waiting(time.Now())
			time.Sleep(20 * time.Millisecond)
		}
		hold, ran := make(chan struct{}), 0
		s.Do(func() {
			s.Queue(1, Func(func() { ran++ }))
			s.Queue(2, Func(func() { <-hold; ran++ }))
		})
		close(hold)
		synctest.Wait()
		if ran != 2 {
			t.Errorf("%d jobs ran", ran)
		}
	})
}
