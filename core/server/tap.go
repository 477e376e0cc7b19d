package server

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// Tap sees the messages of a server as they come from the network and go to it. It is called on the
// goroutine that carries the message, which it must not hold, and may keep what it is shown but for data.
type Tap interface {
	Received(p transport.Packet)
	Sent(f flow.Flow, data []byte)
}

// taps are those who look. Without any, a message pays for one comparison.
type taps struct {
	list atomic.Pointer[[]Tap]
	mu   sync.Mutex // of those who change it
}

// Tap shows messages to t until remove is called.
func (s *Server) Tap(t Tap) (remove func()) {
	s.taps.change(func(list []Tap) []Tap { return append(list, t) })
	return func() {
		s.taps.change(func(list []Tap) []Tap { return slices.DeleteFunc(list, func(x Tap) bool { return x == t }) })
	}
}

func (t *taps) change(f func([]Tap) []Tap) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Tap
	if old := t.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = f(list); len(list) == 0 {
		t.list.Store(nil)
		return
	}
	t.list.Store(&list)
}

func (t *taps) received(p transport.Packet) {
	if list := t.list.Load(); list != nil {
		for _, x := range *list {
			x.Received(p)
		}
	}
}

func (t *taps) sent(f flow.Flow, data []byte) {
	if list := t.list.Load(); list != nil {
		for _, x := range *list {
			x.Sent(f, data)
		}
	}
}
