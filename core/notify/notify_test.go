package notify

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// listen is a manager's socket, named by the environment.
func listen(t *testing.T) func() string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
}

func TestStates(t *testing.T) {
	next := listen(t)
	m, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		say  func()
		want string
	}{
		{func() { m.Ready("serving") }, `^READY=1\nSTATUS=serving$`},
		{m.Reloading, `^RELOADING=1\nMONOTONIC_USEC=[0-9]+$`},
		{func() { m.Ready("two\r\nREADY=0\nlines") }, `^READY=1\nSTATUS=two  READY=0 lines$`},
		{func() { m.Status("2 left") }, `^STATUS=2 left$`},
		{func() { m.Stopping("going", 30*time.Second) }, `^STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000\nSTATUS=going$`},
	} {
		c.say()
		if got := next(); !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("the manager hears %q, want %q", got, c.want)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	m, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	m.Ready("to nobody")
	m.Watch(t.Context(), nil, nil) // returns at once
}

func TestWatchdogEnvironment(t *testing.T) {
	t.Setenv("WATCHDOG_USEC", "30000000")
	t.Setenv("WATCHDOG_PID", "")
	if m, err := FromEnvironment(); err != nil || m.watchdog != 30*time.Second {
		t.Errorf("%v, %v", m.watchdog, err)
	}
	t.Setenv("WATCHDOG_USEC", "often")
	if m, err := FromEnvironment(); err == nil || m == nil || m.watchdog != 0 {
		t.Error("a value that is no number passes")
	}
}

// TestWatch: the watchdog hears of a server that lives, nothing of a stuck one, and of one that lives again.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var heard []time.Duration
		m := &Manager{watchdog: 20 * time.Second, send: func(s string) {
			if s != "WATCHDOG=1" {
				t.Errorf("sent %q", s)
			}
			heard = append(heard, time.Since(start))
		}}
		var stuck atomic.Bool
		alive := func(ctx context.Context) error {
			if stuck.Load() {
				<-ctx.Done()
				return errors.New("stuck")
			}
			return nil
		}
		var reports int
		ctx, cancel := context.WithCancel(t.Context())
		go m.Watch(ctx, alive, func(error) { reports++ })
		time.Sleep(15 * time.Second)
		synctest.Wait()
		stuck.Store(true)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		stuck.Store(false)
		time.Sleep(20 * time.Second)
		cancel()
		synctest.Wait()
		if want := []time.Duration{0, 10 * time.Second, 40 * time.Second, 50 * time.Second}; !slices.Equal(heard, want) || reports != 2 {
			t.Errorf("heard at %v, want %v; %d reports", heard, want, reports)
		}
	})
}
