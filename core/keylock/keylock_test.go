package keylock

import (
	"testing"
	"testing/synctest"
	"time"
)

func now(block func()) { block() }

// TestRelease goes through who may give a lock back: each step says whether the lock is free after it.
func TestRelease(t *testing.T) {
	for name, tc := range map[string]struct {
		steps func(l *Lock)
		free  bool
	}{
		"never taken":              {func(l *Lock) { l.Release("a"); l.ReleaseAny("a") }, true},
		"taken":                    {func(l *Lock) { l.Take("a", now) }, false},
		"taken if free":            {func(l *Lock) { l.TakeFree("a"); l.Release("a") }, true},
		"given back once of two":   {func(l *Lock) { l.Take("a", now); l.Take("a", now); l.Release("a") }, false},
		"given back twice":         {func(l *Lock) { l.Take("a", now); l.Take("a", now); l.Release("a"); l.ReleaseAny("a") }, true},
		"given back by another":    {func(l *Lock) { l.Take("a", now); l.Release("b") }, false},
		"ended by another":         {func(l *Lock) { l.Take("a", now); l.Take("a", now); l.ReleaseAny("b") }, true},
		"given back once too much": {func(l *Lock) { l.Take("a", now); l.Release("a"); l.Release("a") }, true},
	} {
		var l Lock
		tc.steps(&l)
		if l.TakeFree("c") != tc.free {
			t.Errorf("%s: free is not %v", name, tc.free)
		}
	}
}

func TestTakeWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Lock
		l.Take("a", now)
		start := time.Now()
		time.AfterFunc(time.Second, func() { l.Release("a") })
		l.Take("b", now)
		if took := time.Since(start); took != time.Second {
			t.Errorf("given back after %v", took)
		}
		l.Take("c", now)
		if took := time.Since(start); took != time.Second+Hold {
			t.Errorf("taken over after %v", took)
		}
		l.Release("b") // it lost the lock
		if l.TakeFree("d") {
			t.Error("the former owner gave back what it had lost")
		}
	})
}
