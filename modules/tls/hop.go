package tls

import (
	"errors"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
)

var errDropped = errors.New("tls: the script dropped the message in " + eventOut)

// hop says who the peer of a connection should be and tells the script of one that will be opened.
func (s *state) hop(sh *shard.Shard, m *route.Message, f *flow.Flow) error {
	if m == nil {
		return nil
	}
	name, id := s.asked(m)
	if name != "" || id != "" {
		to := flow.Peer{ServerName: name, ServerID: id}
		if f.Peer != nil {
			to.Host = f.Peer.Host
		}
		f.Peer = &to
	}
	if s.callback == "" || s.set() == nil || s.set().Reaches(*f) {
		return nil
	}
	if s.server.Raise(s.server.Shards()[sh.ID], s.callback, eventOut, m) == route.Dropped {
		return errDropped
	}
	return nil
}

// asked is what the script asks for by the xavp of xavp_cfg and by set_connect_server_id, which counts once.
func (s *state) asked(m *route.Message) (name, id string) {
	if m.Vars == nil {
		return "", ""
	}
	if s.xavp != "" {
		if x := m.Vars.XAVP.At(s.xavp, 0); x != nil {
			name, id = field(x, "server_name"), field(x, "server_id")
		}
	}
	if x := m.Vars.AVP.At(route.ClassGlobal, connectID, 0); x != nil {
		id, _ = x.Value.Data.(string)
		m.Vars.AVP.RemoveAll(route.ClassGlobal, connectID)
	}
	return name, id
}

func field(x *route.XAVP, name string) string {
	if f := x.Value.List.At(name, 0); f != nil && !f.Value.IsNum {
		return f.Value.Text
	}
	return ""
}
