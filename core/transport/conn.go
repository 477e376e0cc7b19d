package transport

import (
	"io"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// conn is one stream connection. It is its own Carrier: one goroutine at a time has the duty to
// read it, one of the crew or, where that cannot be, one of its own.
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

	place place // in its crew

	// The reader's.
	crew    *crew      // whose one it is; nil: a goroutine of its own
	raw     *rawReader // of the socket; nil if it is none of the system's
	in      io.Reader  // where the bytes of messages come from; set before it starts
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
	c.framer = Framer{MaxHeader: now.MaxHeader, MaxBody: now.MaxBody, AcceptNoCL: now.AcceptNoCL, AcceptMSRP: s.opt.Streams != nil, spare: &s.arrivals}
	c.out.busy = true // until it is opened
	c.out.room.L = &c.out.mu
	c.touch()
	return c
}

// opened gives the conn its network connection and starts its reader; busy says that the
// caller drains the queue next.
func (c *conn) opened(w *wire, busy bool) {
	if !c.out.open(w, busy, &c.set.Stats) {
		w.nc.Close()
		c.close(ErrConnClosed)
		return
	}
	c.touch()
	c.beginReading(w)
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

func (c *conn) flow() flow.Flow {
	return flow.Flow{Proto: c.flowProto(), Conn: c.id, Local: c.local, Remote: c.remote}
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
