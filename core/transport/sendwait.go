package transport

import "github.com/moonroute/moonroute/core/flow"

// waitRoom is what may wait on a connection while SendWait adds a message to it, in bytes.
const waitRoom = 64 << 10

// SendWait is SendWith over a stream for somebody who may block: where a peer reads slowly it
// waits until the connection has room for the message, so that the queue stays short and
// whoever sends is slowed down. It ends with an error when the connection does, which
// Limits.Send and Limits.Connect see to. Messages of several callers go one after the other.
func (s *Set) SendWait(f flow.Flow, data []byte, o SendOptions) error {
	o.waited = true
	return s.sendStream(f, data, o)
}

// sendInTurn sends once there is room.
func (c *conn) sendInTurn(data []byte, o SendOptions) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	if !c.out.awaitRoom() {
		return ErrConnClosed
	}
	return c.send(data, o)
}

// awaitRoom is false if the connection has ended.
func (o *outbox) awaitRoom() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.dead == nil && o.bytes > waitRoom {
		o.room.Wait()
	}
	return o.dead == nil
}

// Reaches tells whether there is a connection for a flow already: the one that it names, or else any to its peer.
func (s *Set) Reaches(f flow.Flow) bool {
	if f.Conn != 0 {
		return s.conns.get(f.Conn) != nil
	}
	f.Remote = unmap(f.Remote)
	return s.conns.find(f, s.identity(f), source{}) != nil
}
