package transport

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// conn is one stream connection. It is its own Carrier: one goroutine at a time has the duty to
// read it.
type conn struct {
	set      *Set
	id       flow.ConnID
	proto    flow.Proto
	local    *flow.Socket
	remote   netip.AddrPort
	balancer netip.AddrPort // who passes the connection on for remote; zero: nobody
	accepted bool
	to       *flow.Peer   // who the peer of a dialed connection should be; may be nil
	identity string       // of a dialed connection, see Security.Identity
	peers    []peer       // what it is found under; under the table's lock
	lastUse  atomic.Int64 // of either direction, in Unix nanoseconds
	secured  atomic.Pointer[Secured]
	ws       atomic.Pointer[webSocket] // once it is upgraded

	ownLifetime atomic.Int64 // set for this connection alone; 0: not
	gone        atomic.Bool  // the peer has left; nothing is to be sent on it any more
	watched     atomic.Bool  // the watcher of ended connections is told of it

	// The reader's.
	in      io.Reader // where the bytes of messages come from; set before it starts
	framer  Framer
	begun   time.Time // when the first bytes of an incomplete message arrived; zero if there is none
	expects int64     // when the wait for bytes ends, in Unix nanoseconds; 0: that is to be set
	fillErr error     // why no more bytes come, once Streams was told so

	out  outbox
	turn sync.Mutex // of those who wait for room in out

	dialed  chan struct{} // closed when the dial has ended; nil for an accepted connection
	dialErr error         // how it ended; read it after dialed is closed
}

func (s *Set) newConn(p flow.Proto, local *flow.Socket, remote netip.AddrPort) *conn {
	c := &conn{set: s, proto: p, local: local, remote: remote}
	now := s.tuning.Load()
	c.framer = Framer{MaxHeader: now.MaxHeader, MaxBody: now.MaxBody, AcceptNoCL: now.AcceptNoCL, AcceptMSRP: s.opt.Streams != nil}
	c.out.busy = true // until it is opened
	c.out.room.L = &c.out.mu
	c.touch()
	return c
}

// opened gives the conn its network connection and starts its reader; busy says that the
// caller drains the queue next.
func (c *conn) opened(w *wire, busy bool) {
	c.in = w.in
	if !c.out.open(w, busy, &c.set.Stats) {
		w.nc.Close()
		c.close(ErrConnClosed)
		return
	}
	c.touch()
	c.Relieve()
}

// lifetime is how long the connection may be idle.
func (c *conn) lifetime() time.Duration {
	if own := c.ownLifetime.Load(); own > 0 {
		return time.Duration(own)
	}
	if sec := c.set.opt.Security; sec != nil && c.proto.Secure() {
		if d := sec.Lifetime(); d > 0 {
			return d
		}
	}
	return c.set.tuning.Load().Lifetime
}

func (c *conn) touch() { c.lastUse.Store(time.Now().UnixNano()) }

// Relieve implements Carrier: the next goroutine takes over the connection and its framer.
func (c *conn) Relieve() {
	c.set.running.Add(1)
	go c.read()
}

// read frames and delivers until the connection ends or another goroutine has taken over.
func (c *conn) read() {
	defer c.set.running.Done()
	for {
		frame, ok, err := c.next()
		if err != nil {
			c.bad(err)
			return
		}
		if ok && frame.Kind == MSRP {
			if err := c.handOver(); err != nil {
				return
			}
			continue
		}
		if ok {
			if c.deliver(frame) {
				return
			}
			continue
		}
		if err := c.fill(); err != nil {
			c.ended(err)
			return
		}
	}
}

// deliver hands a frame on; it tells whether this goroutine has been relieved.
func (c *conn) deliver(f Frame) bool {
	c.begun = time.Time{}
	stats := &c.set.Stats
	switch {
	case f.Kind == Ping:
		stats.KeepAlives.Add(uint64(f.Pings))
		c.pong(f.Pings)
		return false
	case f.Kind == HTTP && !c.set.opt.AcceptHTTP:
		stats.HTTPDropped.Add(1)
		return false
	}
	stats.TCPReceived.Add(1)
	return c.set.opt.Receiver.Receive(Packet{Data: f.Data, Flow: c.flow(), Kind: f.Kind}, c)
}

func (c *conn) flow() flow.Flow {
	return flow.Flow{Proto: c.flowProto(), Conn: c.id, Local: c.local, Remote: c.remote}
}

// pong answers pings that came in a row with one write (RFC 5626 4.4.1).
func (c *conn) pong(n int) {
	if n == 0 || c.set.tuning.Load().NoPong {
		return
	}
	reply := make([]byte, 0, 2*n)
	for range n {
		reply = append(reply, '\r', '\n')
	}
	// If it cannot be sent, the connection is closed, and the next read ends.
	_ = c.send(reply, SendOptions{})
}

// fill waits for more bytes: for the rest of a message until it must be complete, else until the
// connection has been idle for its lifetime.
func (c *conn) fill() error {
	c.touch()
	for {
		if err := c.expect(c.deadline()); err != nil {
			return err
		}
		err := c.framer.Fill(c.in)
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		c.expects = 0
		switch {
		case time.Now().UnixNano() < c.deadline(): // it has moved meanwhile
		case c.framer.Pending():
			return errSlowMessage
		default:
			return errIdle
		}
	}
}

// deadline is until when the next bytes have to come, in Unix nanoseconds.
func (c *conn) deadline() int64 {
	if !c.framer.Pending() {
		return c.lastUse.Load() + int64(c.lifetime())
	}
	if c.begun.IsZero() {
		c.begun = time.Now()
	}
	return c.begun.Add(c.set.tuning.Load().MessageRead).UnixNano()
}

// expect sees to it that the wait for bytes ends by a deadline, or before: to move the end at each
// message costs more than to wake up too early once in a lifetime.
func (c *conn) expect(deadline int64) error {
	if c.expects != 0 && c.expects <= deadline {
		return nil
	}
	c.expects = deadline
	return c.out.conn.SetReadDeadline(time.Unix(0, deadline))
}

// ended has the connection closed soon after the peer left, or was silent for too long.
func (c *conn) ended(err error) {
	if err == errIdle || err == errSlowMessage {
		c.set.Stats.TCPTimeouts.Add(1)
	}
	c.gone.Store(true)
	c.set.leaving.add(leaver{c, err})
	c.set.glance()
}

// bad closes the connection of a peer whose bytes are no messages.
func (c *conn) bad(err error) {
	c.set.Stats.TCPBad.Add(1)
	c.set.noise.Warn().Err(err).Stringer("peer", c.remote).Uint64("conn", uint64(c.id)).Msg("transport: connection closed")
	c.close(err)
}

// close ends the connection and fails what is queued. Any goroutine may call it, more than once.
func (c *conn) close(err error) {
	c.set.forget(c, err)
	c.hangUp(err)
}

// forget takes a connection out of the table.
func (s *Set) forget(c *conn, err error) {
	if s.conns.remove(c) {
		c.tellClosed(err)
	}
}

// hangUp closes the socket and fails what is queued.
func (c *conn) hangUp(err error) {
	c.out.mu.Lock()
	failed := c.out.kill(err, &c.set.Stats)
	c.out.mu.Unlock()
	c.set.report(failed, err)
}
