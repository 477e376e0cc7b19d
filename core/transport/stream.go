package transport

import (
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// Streams takes messages of another protocol off connections that SIP uses too: the first bytes
// of each message decide. MSRP is one: its frames may be longer than anybody wants to keep, so
// they are read as they come.
type Streams interface {
	// Serve takes one message off the connection. It runs on the goroutine that reads it and may
	// block: nothing more is read meanwhile, so the peer is slowed down. After an error the
	// connection is closed.
	Serve(in Stream) error
}

// Stream is the reading side of a connection while Streams has it.
type Stream struct{ c *conn }

// Flow is the way that the bytes come, and the way back.
func (s Stream) Flow() flow.Flow { return s.c.flow() }

// Bytes are those that have arrived and are not taken off. They are good until the next Fill.
func (s Stream) Bytes() []byte { return s.c.framer.Bytes() }

// Fill waits for more Bytes. The time for it runs from the last Discard: Limits.MessageRead. An
// error says that there will be none.
func (s Stream) Fill() error {
	s.c.fillErr = s.c.fill()
	return s.c.fillErr
}

// Discard takes n of Bytes off.
func (s Stream) Discard(n int) {
	s.c.framer.Discard(n)
	s.c.begun = time.Time{}
}

// handOver lets Streams take one message, and closes the connection after an error.
func (c *conn) handOver() error {
	c.set.Stats.TCPReceived.Add(1)
	err := c.set.opt.Streams.Serve(Stream{c})
	switch {
	case err == nil:
	case c.fillErr != nil:
		c.ended(c.fillErr)
	default:
		c.bad(err)
	}
	return err
}
