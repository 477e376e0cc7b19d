package transport

import (
	"net"

	"github.com/moonroute/moonroute/core/flow"
)

// MulticastOptions are what the system is told of groups that are listened to, and of datagrams to groups. With the zero
// value these reach the next network and are not heard on this machine.
type MulticastOptions struct {
	Interface string // where groups are joined (mcast); empty: as the system routes them
	Loopback  bool   // members on this machine hear what is sent to a group (mcast_loopback)
	SetTTL    bool   // TTL counts; otherwise it is the system's, 1
	TTL       int    // hops that a datagram to a group may take (mcast_ttl)
}

// isGroup tells whether a socket's address is that of a group: it receives what is sent to all members (RFC 3261 18.2.1),
// and nothing leaves from it while there is a socket with an address of its own.
func isGroup(s *flow.Socket) bool { return s != nil && s.Addr.Addr().IsMulticast() }

// link is the interface where groups are joined; nil is the system's choice.
func (o *MulticastOptions) link() (*net.Interface, error) {
	if o.Interface == "" {
		return nil, nil
	}
	return net.InterfaceByName(o.Interface)
}
