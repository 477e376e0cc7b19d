package core

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// nextHop is what the next hop says of the way to it: the transport parameter of a request's URI, or the Via that a
// reply goes back to, and the address if it is no name.
func nextHop(m *route.Message) (f flow.Flow) {
	host, transport, port := "", "", uint16(0)
	if m.IsRequest {
		u, err := sip.ParseURI(m.NextHop())
		if err != nil {
			return f
		}
		host, transport, port = u.Host, u.Transport(), u.PortNum
	} else if via, err := m.SecondVia(); err == nil {
		host, transport, port = via.Host, via.Transport, via.PortNum
	}
	f.Proto, _ = flow.ParseProto(transport)
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		f.Remote = netip.AddrPortFrom(addr, port)
	}
	return f
}
