package websocket

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/ws"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "handle_handshake", Returns: kemi.Code, Call: (*state).handle, Doc: "in xhttp:request: answers the handshake in hand. 1: the connection is one of WebSocket now; 0: it was refused"},
	{Name: "close", Returns: kemi.Code, Doc: "closes the connection that the message came over, with 1000",
		Call: func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
			return s.end(conn(c), ws.NormalClosure, normalClosure)
		}},
	{Name: "close_reason", Args: "status int, reason str", Returns: kemi.Code, Doc: "close with a status and a reason",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.endChecked(c, conn(c), a)
		}},
	{Name: "close_conid", Args: "status int, reason str, conid int", Returns: kemi.Code, Doc: "closes the connection of a number, see $ws_conid; -1: there is none",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.endChecked(c, flow.ConnID(a.Int(2)), a)
		}},
}

const normalClosure = "Normal closure"

func conn(c *kemi.Ctx) flow.ConnID {
	if c.Msg == nil {
		return 0
	}
	return c.Msg.Flow.Conn
}

// endChecked refuses a status that RFC 6455 7.4 keeps off the wire.
func (s *state) endChecked(c *kemi.Ctx, id flow.ConnID, a *kemi.Args) kemi.Value {
	if !ws.ValidClose(a.Int(0)) {
		c.Misuse("websocket.close", "the status is none that a Close may have (RFC 6455 7.4)")
		return kemi.Int(-1)
	}
	return s.end(id, a.Int(0), a.Str(1))
}

func (s *state) end(id flow.ConnID, code int, reason string) kemi.Value {
	if s.set == nil || s.set.CloseWebSocket(id, code, reason) != nil {
		return kemi.Int(-1)
	}
	return kemi.Int(1)
}

func connID(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return kemi.Int(int(conn(c))) }
