package tcpops

import (
	"fmt"
	"net/netip"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

var events = map[transport.Ending]string{transport.Closed: "tcp:closed", transport.Timeout: "tcp:timeout", transport.Reset: "tcp:reset"}

// All implements transport.ClosedWatcher.
func (s *state) All() bool { return s.closedEvent != 0 }

// ConnClosed implements transport.ClosedWatcher: the script's turn, with a message in hand that seems to
// have come over the connection.
func (s *state) ConnClosed(f flow.Flow, why transport.Ending) {
	shards := s.server.Shards()
	s.server.OnShard(int(uint64(f.Conn)%uint64(len(shards))), func(sh *kemi.Shard) {
		m, err := s.server.EventMessage(sh)
		if err != nil {
			s.server.Log.Write(log.Err, "tcpops", err.Error())
			return
		}
		m.Flow = f
		s.server.Raise(sh, s.callback, events[why], m)
	})
}

// part reads one part of where a connection comes from.
type part func(from netip.AddrPort) kemi.Value

var keys = map[string]part{
	"c_si": func(from netip.AddrPort) kemi.Value {
		if !from.IsValid() {
			return kemi.Str("")
		}
		return kemi.Str(from.Addr().String())
	},
	"c_sp": func(from netip.AddrPort) kemi.Value { return kemi.Int(int(from.Port())) },
}

func parseKey(_ *state, _ *kemi.Registry, inner string) (any, error) {
	p, known := keys[inner]
	if !known {
		return nil, fmt.Errorf("$tcp(%s): there is no such part", inner)
	}
	return p, nil
}

// get reads a part of the load balancer's address; null for what came over no connection, or over one that has ended.
func get(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	conn, ok := s.find(int(here(c)))
	if !ok {
		return kemi.Null
	}
	return a.Data.(part)(conn.Balancer)
}
