// Package notify tells the service manager how the server is: sd_notify of systemd.
//
// Nothing happens unless the environment names a manager (NOTIFY_SOCKET). What is lost on the way is not sent again: the
// manager acts on silence by itself.
package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Manager is the one who started this process. Its methods may be called from any goroutine.
type Manager struct {
	send     func(state string)
	watchdog time.Duration // how often it wants to hear of us; 0: it does not
}

// FromEnvironment is the manager that the environment names (NOTIFY_SOCKET, WATCHDOG_USEC), or one that hears nothing. The
// error is about a value that cannot be read.
func FromEnvironment() (*Manager, error) {
	watchdog, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		err = fmt.Errorf("notify: %w", err)
	}
	return &Manager{watchdog: watchdog, send: func(state string) { _, _ = daemon.SdNotify(false, state) }}, err
}

// Ready says that the start, or a reload, has ended, and how the server is now in a line for people.
func (m *Manager) Ready(status string) { m.send(daemon.SdNotifyReady + "\n" + statusLine(status)) }

// Reloading says that a reload has begun; Ready ends it. The time is what Type=notify-reload wants to tell answers apart.
func (m *Manager) Reloading() {
	state := daemon.SdNotifyReloading
	if now := daemon.SdNotifyMonotonicUsec(); now != "" {
		state += "\n" + strings.TrimSuffix(now, "\n")
	}
	m.send(state)
}

// Stopping says that the server has begun to stop and may take that long.
func (m *Manager) Stopping(status string, most time.Duration) {
	m.send(fmt.Sprintf("%s\nEXTEND_TIMEOUT_USEC=%d\n%s", daemon.SdNotifyStopping, most.Microseconds(), statusLine(status)))
}

// Status changes the line for people alone.
func (m *Manager) Status(status string) { m.send(statusLine(status)) }
