package kemi_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// TestFinish waits for what is in hand, a little longer for what follows it, and no longer than it may.
func TestFinish(t *testing.T) {
	for _, c := range []struct {
		name           string
		busy, most     time.Duration
		least, longest time.Duration
		left           bool
	}{
		{"idle", 0, time.Minute, 0, 0, false},
		{"busy", 3 * time.Second, time.Minute, 3400 * time.Millisecond, 3600 * time.Millisecond, false},
		{"too long", time.Hour, 30 * time.Second, 30 * time.Second, 30 * time.Second, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := kemitest.Start(t, "")
			if c.busy > 0 {
				go h.Run("", func(ctx *kemi.Ctx) { ctx.Wait(func() { time.Sleep(c.busy) }) })
				synctest.Wait()
			}
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), c.most)
			defer cancel()
			left := h.Finish(ctx)
			if took := time.Since(start); took < c.least || took > c.longest || left > 0 != c.left {
				t.Errorf("%s: %d left after %v", c.name, left, took)
			}
			time.Sleep(c.busy)
		})
	}
}

func TestExitTimeout(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 30 * time.Second, "exit_timeout=5\n": 5 * time.Second, "ser_kill_timeout=0\n": 0, "exit_timeout=-1\n": 0} {
		if got := kemitest.Start(t, text).ExitTimeout(); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestAlive finds a shard that is stuck.
func TestAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := kemitest.Start(t, "")
		if err := h.Alive(t.Context()); err != nil {
			t.Error(err)
		}
		go h.Run("", func(*kemi.Ctx) { time.Sleep(time.Minute) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := h.Alive(ctx); err == nil || !strings.Contains(err.Error(), "shard 0") {
			t.Errorf("%v", err)
		}
		time.Sleep(time.Minute)
		if err := h.Alive(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
