package luatest

import (
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// pacer is the clock of a world: who waits by it, waits for the test to move it.
type pacer struct {
	*clock.Manual
	w *world
}

var _ clock.Pacer = pacer{}

// After implements clock.Pacer.
func (p pacer) After(d time.Duration, f func()) (stop func()) {
	stopped := false
	p.w.net.After(d, func() {
		if !stopped && !p.w.closing {
			p.w.tasks.run(f)
		}
	})
	return func() { stopped = true }
}

// Sleep implements clock.Pacer.
func (p pacer) Sleep(d time.Duration, _ <-chan struct{}) {
	w := p.w
	if w.closing || w.tasks.current == nil {
		return
	}
	t := w.tasks.current
	w.net.After(d, func() { w.tasks.wake(t) })
	w.tasks.wait()
}
