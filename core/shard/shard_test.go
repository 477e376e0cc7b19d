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
	"github.com/moonroute/moonroute/core/load"
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

// TestLongJobKeepsTheShard: its carrier is relieved, once, and nobody else has the shard meanwhile.
func TestLongJobKeepsTheShard(t *testing.T) {
	s, later := newShard(Limits{}), false
	var c relief
	ok, relieved := s.Submit(1, Func(func() {
		s.RelieveCarrier()
		s.RelieveCarrier()
		s.Submit(2, Func(func() { later = true }), nil)
		if later {
			t.Error("another job ran in the middle of it")
		}
	}), &c)
	if !ok || !relieved || c.n.Load() != 1 || !later {
		t.Fatal(ok, relieved, c.n.Load(), later)
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

// TestDoLeavesALongQueueToOthers: who asks for one thing does not have to do all that has piled up meanwhile.
func TestDoLeavesALongQueueToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ran := newShard(Limits{}), 0
		start := time.Now()
		s.Do(func() {
			for range 100 {
				s.Queue(1, Func(func() { time.Sleep(time.Millisecond); ran++ }))
			}
		})
		if took := time.Since(start); took < aside || took > 2*aside {
			t.Errorf("it took %v", took)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if ran != 100 {
			t.Errorf("%d jobs ran", ran)
		}
	})
}

// fallenBehind is a shard that had no rest for a second.
func fallenBehind(limits Limits) (*Shard, *clock.Manual) {
	s := newShard(limits)
	c := clock.NewManual(s.began)
	s.Clock = c
	for range 20 {
		c.Advance(50 * time.Millisecond)
		s.Load.Waiting(c.Now())
	}
	return s, c
}

// TestRoomWhileBehind: a shard that is behind has room for the new work that it does in 50 ms, and for what was begun.
func TestRoomWhileBehind(t *testing.T) {
	for _, all := range []bool{false, true} {
		s, c := fallenBehind(Limits{TakeAll: all})
		var accepted, done int
		job := Func(func() { c.Advance(time.Millisecond / 2); done++ })
		for round := range 4 {
			accepted = 0
			s.Submit(1, Func(func() {
				for range 1000 {
					if ok, _ := s.Submit(2, job, nil); ok {
						accepted++
					}
				}
				for range 1000 {
					if ok, _ := s.Submit(3, begun{Func(func() {})}, nil); !ok {
						t.Fatal("what was begun is refused")
					}
				}
				c.Advance(paceSpan) // in which it did what was accepted in the last round
			}), nil)
			t.Logf("TakeAll %v, round %d: %d accepted", all, round, accepted)
		}
		if all && accepted != 1000 || !all && (accepted < leastRoom || accepted > 100) || s.Load.Behind() < load.Start {
			t.Errorf("TakeAll %v: %d accepted, %v behind", all, accepted, s.Load.Behind())
		}
	}
}

// TestPace: room is what was done in half of a tenth of a second, however long that was ago.
func TestPace(t *testing.T) {
	var p pace
	at := time.Unix(1000, 0)
	for _, x := range []struct {
		after      time.Duration
		done, room int
	}{{0, 0, 0}, {paceSpan, 200, 100}, {paceSpan / 2, 300, 100}, {paceSpan / 2, 400, 100}, {10 * paceSpan, 500, 5}} {
		at = at.Add(x.after)
		if p.note(at, x.done); p.room != x.room {
			t.Errorf("after %v and %d: room %d, want %d", x.after, x.done, p.room, x.room)
		}
	}
}

// TestRefusingIsNotIdle: a shard does not count as one that has caught up while it refuses.
func TestRefusingIsNotIdle(t *testing.T) {
	s, c := fallenBehind(Limits{Queue: 1})
	nothing := Func(func() {})
	rest := func() {
		c.Advance(10 * time.Millisecond)
		s.Submit(1, nothing, nil)
	}
	s.Submit(1, Func(func() {
		s.Submit(1, nothing, nil)
		s.Submit(1, nothing, nil) // refused
	}), nil)
	rest()
	if s.Load.Behind() < load.Start {
		t.Error("it has caught up")
	}
	rest()
	rest()
	if s.Load.Behind() >= load.Start {
		t.Error("it refuses no more, and has not caught up")
	}
}
