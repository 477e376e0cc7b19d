package websocket

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/ws"
	"github.com/moonroute/moonroute/kemi"
)

// events hears of what happens on the connections of one subprotocol. It implements transport.WebSocketEvents.
type events struct {
	*state
	msrp bool
	made *outcome
}

// outcome is that of a handshake. A connection may end while it is answered, and was none of WebSocket then.
type outcome struct {
	known chan struct{} // closed once ok is set
	ok    bool
}

func (o *outcome) set(ok bool) {
	o.ok = ok
	close(o.known)
}

// Frame counts frames, and notes that a client is alive.
func (e events) Frame(id flow.ConnID, op ws.Op, in bool) {
	e.stats.frame(e.msrp, op, in)
	if in && op == ws.Pong {
		e.ponged(id)
	}
}

// Closed tells the script.
func (e events) Closed(f flow.Flow, local bool) {
	if <-e.made.known; !e.made.ok {
		return
	}
	e.stats.closed(e.msrp, local)
	e.ponged(f.Conn)
	if e.callback == "" || !e.begin() {
		return
	}
	defer e.running.Done()
	n := int(uint64(f.Conn) % uint64(len(e.server.Shards())))
	e.server.OnShard(n, func(sh *kemi.Shard) {
		m, err := e.server.EventMessage(sh)
		if err != nil {
			e.server.Log.Error("websocket", err.Error())
			return
		}
		m.Flow = f
		e.server.Raise(sh, e.callback, eventClosed, m)
	})
}
