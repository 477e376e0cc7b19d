package transport_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// Close waits for a script that runs on a reader, but no longer than it is told to.
func TestCloseWaitsForReceivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, entered := new(fakenet.Pipes), make(chan bool)
		slow := receive(func(Packet, Carrier) bool {
			entered <- true
			time.Sleep(time.Minute)
			return false
		})
		s := New(Options{Net: n, Receiver: slow})
		at := socket(flow.TCP, 21500)
		if err := s.Listen(at); err != nil {
			t.Fatal(err)
		}
		s.Start()
		write(t, dial(t, n, at), message)
		<-entered
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// After Close nothing is opened any more, and what waited for a connect is reported.
func TestCloseFailsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := hangingNet{new(fakenet.Pipes)}
		s := New(Options{Net: n, Receiver: make(inbox)})
		at := socket(flow.TCP, 21500)
		if err := s.Listen(at); err != nil {
			t.Fatal(err)
		}
		s.Start()
		failed := make(chan error, 1)
		to := flow.Flow{Proto: flow.TCP, Remote: socket(flow.TCP, 21501).Addr}
		if err := s.SendWith(to, []byte(message), SendOptions{Failed: func(err error) { failed <- err }}); err != nil {
			t.Fatal(err)
		}
		if list := s.Connections(); len(list) != 1 || list[0].State != "CONN_CONNECTING" || list[0].Queued != len(message) {
			t.Errorf("%+v", list)
		}
		closeSet(t, s)
		if <-failed == nil {
			t.Error("failed without an error")
		}
		if err := s.Send(to, []byte(message)); !errors.Is(err, ErrConnClosed) {
			t.Error(err)
		}
	})
}

// A connect that nobody answers ends after the limit.
func TestConnectTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := server(t, Options{Net: hangingNet{new(fakenet.Pipes)}, Receiver: make(inbox), Limits: Limits{Connect: 4 * time.Second}}, flow.TCP)
		failed, begin := make(chan error, 2), time.Now()
		to := flow.Flow{Proto: flow.TCP, Remote: socket(flow.TCP, 21501).Addr}
		for range 2 {
			if err := s.SendWith(to, []byte(message), SendOptions{Failed: func(err error) { failed <- err }}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := <-failed; !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 4*time.Second {
				t.Errorf("after %v: %v", time.Since(begin), err)
			}
		}
	})
}
