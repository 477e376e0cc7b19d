package transport

import (
	"errors"
	"net"
	"os"
	"time"
)

// drain writes the queue until it is empty. The caller has the writing side.
func (c *conn) drain() {
	for {
		batch, closeNow := c.out.next()
		if closeNow {
			c.close(errAsked)
		}
		if len(batch) == 0 {
			return
		}
		if !c.writeBatch(batch) {
			return
		}
	}
}

// next takes the whole queue. If there is none, it lets go of the writing side.
func (o *outbox) next() (batch []queued, closeNow bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch, o.queue = o.queue, nil
	if len(batch) > 0 {
		return batch, false
	}
	o.busy = false
	if o.conn != nil {
		o.conn.SetWriteDeadline(time.Time{}) // it would fail the next direct write after it has passed
	}
	return nil, o.closeAfter && o.dead == nil
}

// writeBatch writes messages with as few system calls as it can.
func (c *conn) writeBatch(batch []queued) bool {
	bufs := make(net.Buffers, len(batch))
	size, counted := 0, int64(0)
	for i, q := range batch {
		bufs[i] = q.data
		size += len(q.data)
		counted += q.counted()
	}
	err := c.out.conn.SetWriteDeadline(time.Now().Add(c.set.tuning.Load().Send))
	if err == nil {
		_, err = bufs.WriteTo(c.out.conn)
	}
	c.out.mu.Lock()
	c.out.bytes -= size
	c.out.room.Broadcast()
	c.out.mu.Unlock()
	c.set.Stats.QueuedBytes.Add(-counted)
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = errSlowPeer
		}
		c.close(err)
		c.set.report(batch[len(batch)-len(bufs):], err)
		return false
	}
	c.touch()
	return true
}

// report tells the senders of messages that were not delivered, from a goroutine of its own: a
// sender may hold what its callback needs.
func (s *Set) report(failed []queued, err error) {
	s.Stats.TCPSendErrors.Add(uint64(len(failed)))
	failed = withCallback(failed)
	if len(failed) == 0 {
		return
	}
	go func() {
		for _, q := range failed {
			q.failed(err)
		}
	}()
}

// withCallback drops those that nobody wants to hear of.
func withCallback(all []queued) []queued {
	var want []queued
	for _, q := range all {
		if q.failed != nil {
			want = append(want, q)
		}
	}
	return want
}
