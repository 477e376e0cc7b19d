package transport

import (
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// KeepAlive is when the system probes a silent peer. A zero field leaves the system's own value.
type KeepAlive struct {
	Idle     time.Duration // without traffic, before the first probe
	Interval time.Duration // between probes
	Count    int           // probes without an answer that end the connection
}

// config gives package net's form of it, in which 0 is Go's own default of 15 s: that would wake phones that are idle.
func (k *KeepAlive) config() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: orSystem(k.Idle), Interval: orSystem(k.Interval), Count: orSystem(k.Count)}
}

// orSystem makes of nothing what package net takes for the system's own value.
func orSystem[T int | time.Duration](n T) T {
	if n <= 0 {
		return -1
	}
	return n
}

// errNoSocket says that a connection is not one of the system's, or not open yet.
var errNoSocket = errors.New("transport: the connection has no socket to set")

// SetKeepAlive has the system probe the peer of a connection; nil ends that.
func (s *Set) SetKeepAlive(id flow.ConnID, k *KeepAlive) error {
	c := s.conns.get(id)
	if c == nil {
		return ErrNoConnection
	}
	tcp := c.out.socket()
	switch {
	case tcp == nil:
		return errNoSocket
	case k == nil:
		return tcp.SetKeepAlive(false)
	}
	return tcp.SetKeepAliveConfig(k.config())
}

// socket is the system's connection below what is spoken on it; nil if there is none.
func (o *outbox) socket() *net.TCPConn {
	o.mu.Lock()
	nc := o.conn
	o.mu.Unlock()
	for {
		switch x := nc.(type) {
		case *net.TCPConn:
			return x
		case interface{ NetConn() net.Conn }: // tls.Conn
			nc = x.NetConn()
		default:
			return nil
		}
	}
}

// SetLifetime says how long a connection may be idle from now on; it is false if there is none.
// A reader that waits already learns of it when its present time is over or the next bytes come.
func (s *Set) SetLifetime(id flow.ConnID, d time.Duration) bool {
	c := s.conns.get(id)
	if c == nil {
		return false
	}
	before := c.lifetime()
	c.ownLifetime.Store(int64(d))
	if d < before { // a reader that wakes up too early waits on
		_ = c.out.expectBy(time.Now().Add(d)) // one that is closed ends by itself
	}
	return true
}

// Ending is why a connection ended.
type Ending uint8

// The endings.
const (
	Closed  Ending = iota // by the peer, or by the server
	Timeout               // it was idle or too slow
	Reset                 // the peer's system knows it no more
)

// endingOf tells an ending by its error.
func endingOf(err error) Ending {
	switch {
	case err == errIdle, err == errSlowMessage:
		return Timeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	}
	return Closed
}

// ClosedWatcher is told of connections that ended, on a goroutine of its own. All tells whether of each one;
// else of those that WatchClosed names.
type ClosedWatcher interface {
	All() bool
	ConnClosed(f flow.Flow, why Ending)
}

// OnClosed sets who is told of the connections that end; only before Start.
func (s *Set) OnClosed(w ClosedWatcher) { s.closedWatcher = w }

// WatchClosed has the watcher told when a connection ends; it is false if there is none.
func (s *Set) WatchClosed(id flow.ConnID) bool {
	c := s.conns.get(id)
	if c == nil {
		return false
	}
	c.watched.Store(true)
	return true
}

// tellClosed tells once of a connection that was open.
func (c *conn) tellClosed(err error) {
	w := c.set.closedWatcher
	if w == nil || !w.All() && !c.watched.Load() || err == errShutdown {
		return
	}
	go w.ConnClosed(c.flow(), endingOf(err))
}

// FlowOf is the way over a connection; it is false if there is none with this ID.
func (s *Set) FlowOf(id flow.ConnID) (flow.Flow, bool) {
	c := s.conns.get(id)
	if c == nil {
		return flow.Flow{}, false
	}
	return c.flow(), true
}

// ConnTo is the connection that a message to a peer would use; 0 if one would have to be opened.
func (s *Set) ConnTo(f flow.Flow) flow.ConnID {
	if c := s.conns.find(flow.Flow{Proto: f.Proto, Remote: unmap(f.Remote)}, "", source{}); c != nil {
		return c.id
	}
	return 0
}
