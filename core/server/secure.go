package server

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
)

// SecureHop is told of the next hop of a message over a secured transport, inside the shard, before the
// message is sent. M may be nil. It may fill in f.Peer, and an error keeps the message from being sent.
type SecureHop func(sh *shard.Shard, m *route.Message, f *flow.Flow) error

// OnSecureHop has f called for each next hop over a secured transport; only before Start.
func (s *Server) OnSecureHop(f SecureHop) { s.onSecureHop = f }

// secure says who the peers of the ways to a host should be; host is empty for a literal address.
func (t targetsOf) secure(ways []flow.Flow, host string, m *route.Message) ([]flow.Flow, error) {
	if !ways[0].Proto.Secure() {
		return ways, nil
	}
	first := ways[0] // the list may be used again by what the hook runs
	if host != "" {
		first.Peer = &flow.Peer{Host: host}
	}
	if hook := t.s.onSecureHop; hook != nil {
		if err := hook(t.sh, m, &first); err != nil {
			return nil, err
		}
	}
	ways[0] = first
	for i := range ways {
		if ways[i].Proto.Secure() {
			ways[i].Peer = first.Peer
		}
	}
	return ways, nil
}
