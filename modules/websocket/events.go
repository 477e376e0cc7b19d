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
