package transport

import (
	"io"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/ws"
)

// WebSocket says how an upgraded connection is used (RFC 7118, RFC 7977).
type WebSocket struct {
	MSRP   bool            // messages are frames of MSRP; else of SIP
	Events WebSocketEvents // may be nil
}

// WebSocketEvents is told of what happens on upgraded connections.
type WebSocketEvents interface {
	// Frame is told of each frame that came in or goes out. It must not block.
	Frame(id flow.ConnID, op ws.Op, in bool)
	// Closed is told once, from a goroutine of its own, that the connection has ended; local says that
	// this server began it.
	Closed(f flow.Flow, local bool)
}

// WebSocketInfo describes an upgraded connection.
type WebSocketInfo struct {
	Flow    flow.Flow
	MSRP    bool
	Closing time.Time // when this server sent its Close; zero: it has not
	LastUse time.Time // of either direction
}

// webSocket is what a connection has more once it is upgraded.
type webSocket struct {
	WebSocket
	closing atomic.Int64 // when a Close was sent, in Unix nanoseconds; 0: none was
	local   atomic.Bool  // this server began to close

	// The reader's.
	read  ws.Reader
	inner io.Reader // of MSRP: the payloads; nil until it is needed
	ended bool      // the peer has sent a Close: what comes after it does not count (RFC 6455 5.5.1)
}

// Upgrade answers the HTTP request that came on a connection and goes on in WebSocket: what comes next
// and what is sent next are frames. Flow.Proto of its messages is WS or WSS from now on, and messages
// to WS or WSS never open a connection.
func (s *Set) Upgrade(id flow.ConnID, response []byte, w WebSocket) error {
	c := s.conns.get(id)
	if c == nil {
		return ErrNoConnection
	}
	up := &webSocket{WebSocket: w}
	up.read.Max = s.tuning.Load().MaxHeader + s.tuning.Load().MaxBody
	if !c.ws.CompareAndSwap(nil, up) {
		return ErrUpgraded
	}
	if err := c.send(response, SendOptions{upgrade: true}); err != nil {
		return err
	}
	s.conns.relink(c) // only now: what is sent to the peer must not come before the answer
	return nil
}

// flowProto is the protocol of the connection's messages.
func (c *conn) flowProto() flow.Proto {
	if c.ws.Load() != nil {
		return c.proto.OverWebSocket()
	}
	return c.proto
}

// WebSockets lists the upgraded connections in the order of their IDs.
func (s *Set) WebSockets() []WebSocketInfo {
	var list []WebSocketInfo
	for _, c := range s.conns.all() {
		if w := c.ws.Load(); w != nil {
			list = append(list, w.info(c))
		}
	}
	return list
}

// WebSocketOf describes an upgraded connection; it is false if there is none with this ID.
func (s *Set) WebSocketOf(id flow.ConnID) (WebSocketInfo, bool) {
	if c := s.conns.get(id); c != nil {
		if w := c.ws.Load(); w != nil {
			return w.info(c), true
		}
	}
	return WebSocketInfo{}, false
}

func (w *webSocket) info(c *conn) WebSocketInfo {
	i := WebSocketInfo{Flow: c.flow(), MSRP: w.MSRP, LastUse: time.Unix(0, c.lastUse.Load())}
	if at := w.closing.Load(); at != 0 {
		i.Closing = time.Unix(0, at)
	}
	return i
}

// SendFrame sends a Ping or Pong, or a message of that kind, on an upgraded connection.
func (s *Set) SendFrame(id flow.ConnID, op ws.Op, payload []byte) error {
	c := s.conns.get(id)
	if c == nil || c.ws.Load() == nil {
		return ErrNoConnection
	}
	return c.send(payload, SendOptions{op: op})
}

// CloseWebSocket sends a Close. The connection ends when the peer answers it; the caller sees to
// those that do not (CloseConnection).
func (s *Set) CloseWebSocket(id flow.ConnID, code int, reason string) error {
	c := s.conns.get(id)
	if c == nil {
		return ErrNoConnection
	}
	w := c.ws.Load()
	if w == nil || !w.closing.CompareAndSwap(0, time.Now().UnixNano()) {
		return ErrNoConnection
	}
	w.local.Store(true)
	return c.send(ws.CloseBody(code, reason), SendOptions{op: ws.Close})
}

// goAway tells the peer of an upgraded connection that the server stops, if that can be sent at once.
func (c *conn) goAway() {
	if w := c.ws.Load(); w != nil && w.closing.CompareAndSwap(0, time.Now().UnixNano()) {
		w.local.Store(true)
		_ = c.send(ws.CloseBody(ws.GoingAway, ""), SendOptions{op: ws.Close}) // it is closed either way
	}
}

// frame makes a message a frame, in a buffer that recycle takes back.
func (s *Set) frame(data []byte, op ws.Op) *[]byte {
	buf, ok := s.frames.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	if op == ws.Continuation {
		op = ws.OpFor(data)
	}
	*buf = ws.AppendFrame((*buf)[:0], op, data)
	return buf
}

func (s *Set) recycle(buf *[]byte) {
	if cap(*buf) <= keepBuffer {
		s.frames.Put(buf)
	}
}

// framed makes of a message what goes out on the connection. It runs under the outbox's lock.
func (c *conn) framed(data []byte, op ws.Op) *[]byte {
	buf := c.set.frame(data, op)
	if w := c.ws.Load(); w != nil && w.Events != nil {
		w.Events.Frame(c.id, ws.Op((*buf)[0]&0xf), false)
	}
	return buf
}

// WebSocketTo is the protocol of the connection of WebSocket that a peer has: WSS if it has a secured one only, else WS.
func (s *Set) WebSocketTo(remote netip.AddrPort) flow.Proto {
	return s.conns.webSocketTo(unmap(remote))
}

func (t *connTable) webSocketTo(remote netip.AddrPort) flow.Proto {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.newest(peer{proto: flow.WS, remote: remote}, source{}) == nil && t.newest(peer{proto: flow.WSS, remote: remote}, source{}) != nil {
		return flow.WSS
	}
	return flow.WS
}
