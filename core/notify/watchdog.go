package notify

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Watch tells the manager's watchdog that the server lives, as often as it asks for that, until ctx ends. Before each time
// alive must say so: it is given half of the time, and after an error, which report is told, the watchdog hears nothing. Without
// a watchdog Watch returns at once.
func (m *Manager) Watch(ctx context.Context, alive func(context.Context) error, report func(error)) {
	if m.watchdog <= 0 {
		return
	}
	every := m.watchdog / 2 // as sd_watchdog_enabled(3) advises
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		m.check(ctx, every, alive, report)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (m *Manager) check(ctx context.Context, most time.Duration, alive func(context.Context) error, report func(error)) {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	switch err := alive(limited); {
	case err == nil:
		m.send(daemon.SdNotifyWatchdog)
	case ctx.Err() == nil:
		report(err)
	}
}
