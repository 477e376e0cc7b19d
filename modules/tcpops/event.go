package tcpops

import (
	"fmt"

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

// part reads one part of a connection.
type part struct {
	out  bool // of the connection that the request shall leave by
	read func(f flow.Flow) kemi.Value
}

func peerAddr(f flow.Flow) kemi.Value { return kemi.Str(f.Remote.Addr().String()) }
func peerPort(f flow.Flow) kemi.Value { return kemi.Int(int(f.Remote.Port())) }
func connID(f flow.Flow) kemi.Value   { return kemi.Int(int(f.Conn)) }

var keys = map[string]part{
	"c_si": {false, peerAddr}, "c_sp": {false, peerPort}, "conid": {false, connID},
	"ac_si": {true, peerAddr}, "ac_sp": {true, peerPort}, "aconid": {true, connID},
}

func parseKey(_ *state, _ *kemi.Registry, inner string) (any, error) {
	p, known := keys[inner]
	if !known {
		return nil, fmt.Errorf("$tcp(%s): there is no such part", inner)
	}
	return p, nil
}

func get(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	p := a.Data.(part)
	if c.Msg == nil {
		return kemi.Null
	}
	f := c.Msg.Flow
	if set := s.set(); p.out && set != nil {
		f, _ = set.FlowOf(c.Msg.OutConn) // a zero flow if there is none
	}
	if f.Conn == 0 {
		return kemi.Null
	}
	return p.read(f)
}
