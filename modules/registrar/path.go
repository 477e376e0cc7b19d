package registrar

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// firstHop reads a stored Path: the Route set to send, and its first URI as the next hop.
func (s *state) firstHop(path string) (routes, next string) {
	first, rest, err := sip.ParseNameAddr(path)
	if err != nil {
		return "", ""
	}
	if s.pathCheckLocal == 0 || !s.local(&first) {
		return path, first.URIText
	}
	if rest == "" {
		return "", ""
	}
	second, _, err := sip.ParseNameAddr(rest)
	if err != nil {
		return "", ""
	}
	return rest, second.URIText
}

// local tells whether a Path URI is this server; the port does not count.
func (s *state) local(addr *sip.NameAddr) bool {
	u, err := addr.URI()
	return err == nil && s.server.Core.IsMyself(u.Host, 0, flow.None)
}
