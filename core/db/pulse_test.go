package db

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// patient is a pulse with that many callers who wait, on a clock of its own.
func patient(t *testing.T, waiting int) (*pulse, *clock.Manual) {
	t.Helper()
	c := clock.NewManual(time.Unix(1e9, 0))
	p := &pulse{clock: c, silence: time.Second}
	for range waiting {
		if err := p.enter(); err != nil {
			t.Fatal(err)
		}
	}
	return p, c
}

func TestPulse(t *testing.T) {
	for _, c := range []struct {
		name    string
		waiting int
		happens func(p *pulse, c *clock.Manual)
		stuck   bool
	}{
		{"not silent for long enough", 1000, func(_ *pulse, c *clock.Manual) { c.Advance(time.Second) }, false},
		{"silent", 128, func(_ *pulse, c *clock.Manual) { c.Advance(time.Second + 1) }, true},
		{"silent for some", 127, func(_ *pulse, c *clock.Manual) { c.Advance(4 * time.Second) }, false},
		{"silent for long", 16, func(_ *pulse, c *clock.Manual) { c.Advance(4*time.Second + 1) }, true},
		{"silent for few", 15, func(_ *pulse, c *clock.Manual) { c.Advance(time.Hour) }, false},
		{"an answer", 17, func(p *pulse, c *clock.Manual) { c.Advance(time.Hour); p.leave(true) }, false},
		{"silent since an answer", 17, func(p *pulse, c *clock.Manual) { p.leave(true); c.Advance(4*time.Second + 1) }, true},
		{"somebody gave up", 17, func(p *pulse, c *clock.Manual) { c.Advance(4*time.Second + 1); p.leave(false) }, true},
		{"room for a probe", 16, func(p *pulse, c *clock.Manual) { c.Advance(4*time.Second + 1); p.leave(false) }, false},
		{"nobody asked for a while", 0, func(_ *pulse, c *clock.Manual) { c.Advance(time.Hour) }, false},
	} {
		p, now := patient(t, c.waiting)
		c.happens(p, now)
		if err := p.enter(); errors.Is(err, ErrStuck) != c.stuck {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestPulseAfterIdleHours: callers who come together after a pause are the first to ask, whoever of them is.
func TestPulseAfterIdleHours(t *testing.T) {
	p, c := patient(t, 0)
	for range 100 {
		c.Advance(time.Hour)
		var all sync.WaitGroup
		for range 2 * probes {
			all.Go(func() {
				if err := p.enter(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for range 2 * probes {
			p.leave(false)
		}
	}
}
