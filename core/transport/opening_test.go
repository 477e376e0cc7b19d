package transport_test

import (
	"errors"
	"syscall"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

func TestOpening(t *testing.T) {
	a, sockets := server(t, Options{Receiver: make(inbox)}, flow.TCP)
	closed, at := server(t, Options{Receiver: make(inbox)}, flow.TCP)
	far := make(inbox, 2)
	_, open := server(t, Options{Receiver: far}, flow.TCP)
	closeSet(t, closed)
	send := func(to *flow.Socket) *Opening {
		o := new(Opening)
		f := flow.Flow{Proto: flow.TCP, Local: sockets[0], Remote: to.Addr}
		if err := a.SendWith(f, []byte(message), SendOptions{Opening: o}); err != nil {
			t.Fatal(err)
		}
		return o
	}
	o := send(at[0])
	<-o.Done()
	if o.Pending() || !errors.Is(o.Err(), syscall.ECONNREFUSED) {
		t.Errorf("refused: %v", o.Err())
	}
	o = send(open[0])
	<-o.Done()
	if o.Pending() || o.Err() != nil {
		t.Errorf("open: %v", o.Err())
	}
	<-far
	if o = send(open[0]); o.Pending() || o.Err() != nil {
		t.Errorf("open before: %v", o.Err())
	}
	if o = new(Opening); o.Done() != nil || o.Pending() || o.Err() != nil {
		t.Error("nothing to wait for")
	}
}
