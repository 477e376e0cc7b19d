package websocket

import (
	"fmt"
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/ws"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "ws.dump", Run: (*state).dump, Doc: "List connections, 50 at most. Parameters: the order, id_hash, used_asc or used_desc."},
	{Name: "ws.close", Run: (*state).rpcClose, Doc: "Close a connection. Parameters: its number."},
	{Name: "ws.ping", Run: func(s *state, c *rpc.Call) error { return s.rpcSend(c, ws.Ping) }, Doc: "Send a Ping. Parameters: the connection's number."},
	{Name: "ws.pong", Run: func(s *state, c *rpc.Call) error { return s.rpcSend(c, ws.Pong) }, Doc: "Send a Pong. Parameters: the connection's number."},
	{Name: "ws.disable", Run: func(s *state, _ *rpc.Call) error { s.off.Store(true); return nil }, Doc: "Refuse handshakes from now on; present connections stay."},
	{Name: "ws.enable", Run: func(s *state, _ *rpc.Call) error { s.off.Store(false); return nil }, Doc: "Take handshakes again."},
}

// maxDump is how many connections a list shows.
const maxDump = 50

// orders are how ws.dump sorts.
var orders = map[string]func(a, b transport.WebSocketInfo) int{
	"":          nil,
	"id_hash":   nil,
	"used_asc":  func(a, b transport.WebSocketInfo) int { return a.LastUse.Compare(b.LastUse) },
	"used_desc": func(a, b transport.WebSocketInfo) int { return b.LastUse.Compare(a.LastUse) },
}

func (s *state) dump(c *rpc.Call) error {
	var order string
	if c.Len() > 0 {
		var err error
		if order, err = c.Str(0); err != nil {
			return err
		}
	}
	compare, ok := orders[order]
	if !ok {
		return c.Fault(400, "Bad display order parameter")
	}
	list := s.connections()
	if compare != nil {
		slices.SortStableFunc(list, compare)
	}
	shown := list[:min(len(list), maxDump)]
	answer := c.AddStruct()
	conns := answer.List("connections")
	for _, x := range shown {
		conns.Add(describe(x))
	}
	truncated := "no"
	if len(shown) < len(list) {
		truncated = "yes"
	}
	answer.Struct("info").Add("wscounter", len(list)).Add("truncated", truncated)
	return nil
}

func (s *state) connections() []transport.WebSocketInfo {
	if s.set == nil {
		return nil
	}
	return s.set.WebSockets()
}

// describe is one connection in the incumbent's words.
func describe(x transport.WebSocketInfo) string {
	conn, sub := "OPEN", "sip"
	if !x.Closing.IsZero() {
		conn = "CLOSING"
	}
	if x.MSRP {
		sub = "msrp"
	}
	p := x.Flow.Proto
	return fmt.Sprintf("%d: %s:%s -> %s:%s:%s (state: %s,  last used %ds ago, sub-protocol: %s)",
		x.Flow.Conn, p, x.Flow.Remote, p, x.Flow.Local.Host, x.Flow.Local.PortText, conn, int(time.Since(x.LastUse).Seconds()), sub)
}

// number is the connection that a command is about.
func number(c *rpc.Call) (flow.ConnID, error) {
	n, err := c.Int(0)
	if err != nil {
		return 0, c.Fault(500, "Invalid Parameters")
	}
	return flow.ConnID(n), nil
}

func (s *state) rpcClose(c *rpc.Call) error {
	id, err := number(c)
	if err != nil {
		return err
	}
	if s.set == nil || s.set.CloseWebSocket(id, ws.NormalClosure, normalClosure) != nil {
		return c.Fault(500, "Unknown connection ID")
	}
	return nil
}

func (s *state) rpcSend(c *rpc.Call, op ws.Op) error {
	id, err := number(c)
	if err != nil {
		return err
	}
	if s.set == nil || s.set.SendFrame(id, op, []byte(s.pingData)) != nil {
		return c.Fault(500, "Unknown connection ID")
	}
	return nil
}
