package transport

import (
	"net"
	"sync"
	"time"
)

// outbox is the sending side of a connection. Bytes go out at once if the socket takes them;
// the rest waits in a bounded queue that a goroutine drains as long as there is any.
type outbox struct {
	conn net.Conn // the socket; set once, by open, before the reader starts

	mu         sync.Mutex
	raw        rawWriter
	seal       sealer   // what messages become on their way out; nil: nothing
	held       net.Conn // the socket while its connection is prepared
	queue      []queued
	bytes      int  // of the queue and of what the drainer has in hand
	busy       bool // a drainer, or whoever opens the connection, has the writing side
	framed     bool // messages go out as frames of WebSocket
	closeAfter bool // close once the queue is empty
	dead       error
	alarm      *time.Timer // of a crew's connection: when it may have been silent for too long
	room       sync.Cond   // bytes have gone out, or it is dead
}

// queued is one message that waits, or the rest of one.
type queued struct {
	data   []byte
	failed func(error)
	apart  bool // not counted in the bytes of all connections
}

// counted is what a message adds to the bytes of all connections.
func (q *queued) counted() int64 {
	if q.apart {
		return 0
	}
	return int64(len(q.data))
}

// hold keeps the socket of a connection that is prepared, so that closing it ends that. It is false
// if the conn was closed meanwhile.
func (o *outbox) hold(nc net.Conn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = nc
	return o.dead == nil
}

// open sets the network connection; busy says that the caller goes on to drain. It is false if the
// conn was closed meanwhile.
func (o *outbox) open(w *wire, busy bool, stats *Stats) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dead != nil {
		return false
	}
	o.conn, o.held, o.busy, o.seal = w.nc, nil, busy, w.seal
	o.raw.init(w.nc)
	return o.seal == nil || o.sealQueue(stats)
}

// send writes or queues one message. ErrConnClosed says that nothing of it went out.
func (c *conn) send(data []byte, opt SendOptions) error {
	o := &c.out
	o.mu.Lock()
	sent, err := o.put(data, opt, c)
	var failed []queued
	if err != nil {
		failed = o.kill(err, &c.set.Stats)
	}
	finished := err == nil && opt.Close && !o.busy
	o.mu.Unlock()

	switch {
	case err != nil:
		c.set.conns.remove(c)
		c.set.report(failed, err)
		if sent == 0 && err != ErrQueueFull {
			return ErrConnClosed
		}
		return err
	case finished:
		c.close(errAsked)
	}
	c.touch()
	return nil
}

// put writes what the socket takes and queues the rest; sent is what went out.
func (o *outbox) put(data []byte, opt SendOptions, c *conn) (sent int, err error) {
	if o.dead != nil {
		return 0, ErrConnClosed
	}
	if o.framed {
		frame := c.framed(data, opt.op)
		defer c.set.recycle(frame)
		data = *frame
	}
	o.framed = o.framed || opt.upgrade
	if o.seal != nil {
		if data, err = o.seal.seal(data); err != nil {
			return 0, err
		}
		defer o.seal.release()
	}
	if !o.busy {
		if sent, err = o.raw.write(data); err != nil {
			return sent, err
		}
	}
	o.closeAfter = o.closeAfter || opt.Close
	if sent == len(data) {
		return sent, nil
	}
	return sent, o.enqueue(data[sent:], opt, c)
}

// enqueue keeps a copy of the rest of a message and sees that somebody drains the queue.
func (o *outbox) enqueue(rest []byte, opt SendOptions, c *conn) error {
	limits, stats := &c.set.tuning.Load().Limits, &c.set.Stats
	q := queued{append([]byte(nil), rest...), opt.Failed, opt.waited}
	if !q.apart && (o.bytes+len(rest) > limits.ConnQueue || stats.QueuedBytes.Load()+q.counted() > int64(limits.TotalQueue)) {
		stats.TCPQueueFull.Add(1)
		return ErrQueueFull
	}
	o.queue = append(o.queue, q)
	o.bytes += len(rest)
	stats.QueuedBytes.Add(q.counted())
	if !o.busy {
		o.busy = true
		c.set.running.Add(1)
		go func() {
			defer c.set.running.Done()
			c.drain()
		}()
	}
	return nil
}

// kill marks the outbox dead and closes the network connection. It gives what was queued; what a
// drainer has in hand stays with the drainer.
func (o *outbox) kill(err error, stats *Stats) []queued {
	if o.dead != nil {
		return nil
	}
	o.dead = err
	o.stopAlarm()
	stats.countEnd(err)
	o.hangUp()
	left := o.queue
	o.queue = nil
	for _, q := range left {
		o.bytes -= len(q.data)
		stats.QueuedBytes.Add(-q.counted())
	}
	o.room.Broadcast()
	return left
}

// hangUp closes the socket. Where nothing is on its way out, the peer is told in the
// protocol's own words, if these go out at once.
func (o *outbox) hangUp() {
	switch {
	case o.held != nil:
		o.held.Close()
	case o.conn == nil:
	case o.seal != nil && !o.busy:
		_, _ = o.raw.write(o.seal.end())
		o.conn.Close()
	default:
		o.conn.Close()
	}
}
