package transport

import (
	"errors"
	"io"
	"net"
	"time"
)

// A step is what a connection goes through between accept or dial and its first message. It
// runs in a goroutine of that connection, with a deadline of Limits.Handshake on the socket, and may block.
// It reads from w.in, writes to w.nc, and changes w for what comes after it.
type step func(c *conn, w *wire) error

// wire is what a connection reads from and writes to.
type wire struct {
	nc   net.Conn   // the socket; written to and closed directly, so it stays the same
	raw  *rawReader // of the socket; nil if it is none of the system's
	in   io.Reader  // where the next layer's bytes come from
	seal sealer     // what becomes of each message on its way to the socket; nil: nothing
}

// sealer makes of a message the bytes that go over the wire. It is used under the outbox's lock
// and never waits for the peer.
type sealer interface {
	// seal gives the bytes for one message. They are good until release.
	seal(message []byte) ([]byte, error)
	release()
	// end gives the bytes that end the connection properly; it is called once, last.
	end() []byte
}

// plainWire is the wire of a connection before its first step.
func plainWire(nc net.Conn) *wire {
	if raw := newRawReader(nc); raw != nil {
		return &wire{nc: nc, raw: raw, in: raw}
	}
	return &wire{nc: nc, in: nc}
}

// steps are those of a connection, in their order.
func (c *conn) steps() (list []step) {
	if c.accepted && c.set.opt.AcceptProxied {
		list = append(list, (*conn).proxied)
	}
	if c.proto.Secure() {
		list = append(list, (*conn).secure)
	}
	return list
}

// prepare takes a connection through its steps. After an error the caller closes the conn, and
// the socket is closed with it.
func (c *conn) prepare(nc net.Conn) (*wire, error) {
	w := plainWire(nc)
	steps := c.steps()
	if len(steps) == 0 {
		return w, nil
	}
	if !c.out.hold(nc) {
		nc.Close()
		return nil, ErrConnClosed
	}
	if err := nc.SetDeadline(time.Now().Add(c.set.tuning.Load().Handshake)); err != nil {
		return nil, err
	}
	for _, do := range steps {
		if err := do(c, w); err != nil {
			return nil, err
		}
	}
	return w, nc.SetDeadline(time.Time{})
}

// welcome puts an accepted connection to work; its steps are not for the accept loop.
func (c *conn) welcome(nc net.Conn) {
	if len(c.steps()) == 0 {
		c.opened(plainWire(nc), false)
		return
	}
	c.set.running.Go(func() {
		w, err := c.prepare(nc)
		if err != nil {
			c.unprepared(err)
			return
		}
		c.opened(w, true)
		c.drain()
	})
}

// unprepared closes an accepted connection that failed one of its steps.
func (c *conn) unprepared(err error) {
	if !errors.Is(err, net.ErrClosed) && !errors.Is(err, ErrConnClosed) {
		c.set.noise.Warn().Err(err).Stringer("peer", c.remote).Stringer("socket", c.local).Msg("transport: connection not accepted")
	}
	c.close(err)
}

// sealQueue seals what was queued before the connection was ready. It is false if that fails.
func (o *outbox) sealQueue(stats *Stats) bool {
	for i := range o.queue {
		q := &o.queue[i]
		sealed, err := o.seal.seal(q.data)
		if err != nil {
			return false
		}
		before := q.counted()
		o.bytes += len(sealed) - len(q.data)
		q.data = append([]byte(nil), sealed...)
		stats.QueuedBytes.Add(q.counted() - before)
		o.seal.release()
	}
	return true
}
