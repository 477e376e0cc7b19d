package transport

import (
	"errors"
	"os"
	"time"
)

// errNothing is that no bytes are there, for a reader that does not wait. It counts as temporary, so that crypto/tls
// can be asked again after it.
var errNothing error = nothing{}

type nothing struct{}

func (nothing) Error() string   { return "transport: nothing to read yet" }
func (nothing) Timeout() bool   { return false }
func (nothing) Temporary() bool { return true }

// errTurn is that others have their turn first.
var errTurn = errors.New("transport: the turn of the connection is over")

// beginReading finds somebody who reads the connection: the crew, or a goroutine of its own.
func (c *conn) beginReading(w *wire) {
	c.in, c.raw = w.in, w.raw
	if k := c.set.crewFor(c); k == nil || !k.join(c) {
		c.Relieve()
	}
}

// Relieve implements Carrier: the next goroutine takes over the connection and its framer.
func (c *conn) Relieve() {
	if c.crew != nil {
		c.crew.replace(c)
		return
	}
	c.set.running.Add(1)
	go func() {
		defer c.set.running.Done()
		c.read()
	}()
}

// read frames and delivers until the connection ends or has nothing more for a reader that does not wait. It is true if another goroutine
// has taken over.
func (c *conn) read() (relieved bool) {
	for {
		frame, ok, err := c.next()
		switch {
		case err != nil:
			c.bad(err)
			return false
		case ok && frame.Kind == MSRP && c.crew != nil:
			c.crew.leave(c)
			return false
		case ok && frame.Kind == MSRP:
			err = c.handOver()
		case ok:
			relieved = c.deliver(frame)
		default:
			err = c.more()
		}
		if err != nil || relieved {
			return relieved
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

// more gets more bytes. An error is that this reader is done with the connection.
func (c *conn) more() error {
	if c.crew != nil && c.crew.turnEnds(c) {
		return errTurn
	}
	err := c.fill()
	switch {
	case err == nil:
	case err != errNothing:
		c.ended(err)
	case !c.crew.rest(c):
		return nil // something has come meanwhile
	}
	return err
}

// fill gets more bytes: for the rest of a message until it must be complete, else until the connection has been idle
// for its lifetime. One of the crew does not wait for them: errNothing.
func (c *conn) fill() error {
	if c.crew != nil {
		return c.fillNow()
	}
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
		if why := c.overdue(); why != nil {
			return why
		}
	}
}

// fillNow takes the bytes that are there.
func (c *conn) fillNow() error {
	err := c.framer.Fill(c.in)
	switch err {
	case nil:
		c.touch()
	case errNothing:
		c.framer.Lend()
		if late := c.still(); late != nil {
			return late
		}
	}
	return err
}

// still is that nothing more is there: the wait goes on, or ends here, if this turn is the alarm's. That found nothing at all,
// or something that came at the same time.
func (c *conn) still() error {
	if c.place.reads == 1 || c.expects <= c.lastUse.Load() {
		c.expects = 0
		if why := c.overdue(); why != nil {
			return why
		}
	}
	return c.expect(c.deadline())
}

// overdue tells why the wait for bytes ends; nil if it goes on, since the deadline has moved meanwhile.
func (c *conn) overdue() error {
	switch {
	case time.Now().UnixNano() < c.deadline():
		return nil
	case c.framer.Pending():
		return errSlowMessage
	}
	return errIdle
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
	return c.out.expectBy(time.Unix(0, deadline))
}

// expectBy moves the end of the present wait for bytes.
func (o *outbox) expectBy(t time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.dead != nil:
		return o.dead
	case o.conn == nil: // nobody waits yet
		return nil
	case o.alarm != nil:
		o.alarm.Reset(time.Until(t))
		return nil
	}
	return o.conn.SetReadDeadline(t)
}

// setAlarm sets what expectBy moves in the place of the deadline of the socket; nil: nothing.
func (o *outbox) setAlarm(t *time.Timer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stopAlarm()
	if o.alarm = t; o.dead != nil {
		o.stopAlarm()
	}
}

func (o *outbox) stopAlarm() {
	if o.alarm != nil {
		o.alarm.Stop()
	}
}
