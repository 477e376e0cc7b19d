package shard

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestGather: while a shard is behind, what its jobs send is gathered. It leaves before a job waits, and before the shard is given up.
func TestGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := fallenBehind(Limits{})
		var log []string
		note := func(what string) { log = append(log, what) }
		s.Flush = func() { note("flush") }
		job := func(name string) Job {
			return Func(func() {
				if s.Gathers() {
					name += "+"
				}
				note(name)
			})
		}
		s.take()
		s.Queue(2, job("a"))
		s.Queue(3, job("b"))
		s.Queue(4, Func(func() {
			job("waits").Run()
			s.Wait(func() { time.Sleep(time.Millisecond) })
			job("back").Run()
		}))
		s.Queue(5, job("c"))
		s.drain(nil)
		synctest.Wait()
		if got, want := strings.Join(log, " "), "a+ b+ waits+ flush c+ flush back"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if s.Gathers() {
			t.Error("it gathers still")
		}
	})
}

// TestGatherNothing: a shard that keeps up, or whose sender cannot send together, gathers nothing.
func TestGatherNothing(t *testing.T) {
	late, _ := fallenBehind(Limits{})
	quick := newShard(Limits{})
	quick.Flush = func() { t.Error("flushed") }
	for _, s := range []*Shard{late, quick} {
		done := make(chan struct{})
		s.Queue(1, Func(func() {
			defer close(done)
			if s.Gathers() {
				t.Error("it gathers")
			}
		}))
		<-done
	}
}
