package msrp

import (
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "msrp.cmaplist", Run: (*state).rpcList, Doc: "List the sessions of the connection map."},
}

func (s *state) rpcList(c *rpc.Call) error {
	if s.conns == nil {
		return c.Fault(500, "No connections map table")
	}
	answer, n := c.AddStruct().Add("MAP_SIZE", s.conns.slots), 0
	list := answer.Struct("CONLIST")
	for _, x := range s.conns.all() {
		n++
		list.Struct("CONDATA").
			Add("CITEMID", int(x.number)).Add("SESSIONID", x.id).Add("PEER", x.peer).
			Add("ADDR", srcAddr(x.way)).Add("SOCK", x.way.Local.String()).
			Add("EXPIRES", x.expires.Format(time.ANSIC)).Add("CONID", int(x.way.Conn)).Add("FLAGS", 0)
	}
	answer.Add("CONCOUNT", n)
	return nil
}
