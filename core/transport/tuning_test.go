package transport_test

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// TestTuneLifetime: a connection that is idle already ends by a shorter lifetime.
func TestTuneLifetime(t *testing.T) {
	s, sockets := server(t, Options{Receiver: make(inbox, 1), Limits: Limits{Lifetime: time.Hour}}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, "\r\n\r\n")
	expect(t, c, "\r\n")
	s.Tune(func(x *Tuning) { x.Lifetime = time.Millisecond })
	expectClosed(t, c)
	s.Tune(func(x *Tuning) { x.Lifetime = 0 })
	if got := s.Limits().Lifetime; got != 120*time.Second {
		t.Errorf("the default is %v", got)
	}
}

// TestTune: limits and switches count from the change on, for those who come then.
func TestTune(t *testing.T) {
	in := make(inbox, 10)
	s, sockets := server(t, Options{Receiver: in}, flow.TCP)
	first := dial(t, RealNet{}, sockets[0])
	write(t, first, message)
	<-in
	s.Tune(func(x *Tuning) { x.MaxConns, x.NoConnect, x.NoPong = 1, true, true })
	expectClosed(t, dial(t, RealNet{}, sockets[0]))
	if err := s.Send(flow.Flow{Proto: flow.TCP, Remote: sockets[0].Addr}, []byte(message)); err != ErrNoConnection {
		t.Errorf("no_connect: %v", err)
	}
	write(t, first, "\r\n\r\n"+message)
	p := <-in
	if err := s.Send(p.Flow, []byte("reply")); err != nil {
		t.Fatal(err)
	}
	expect(t, first, "reply") // without a pong before it
	s.Tune(func(x *Tuning) { x.MaxConns, x.AcceptNoCL = 2, true })
	write(t, dial(t, RealNet{}, sockets[0]), "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\n\r\n")
	<-in
}
