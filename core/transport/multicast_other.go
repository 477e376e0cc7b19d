//go:build !linux

package transport

import (
	"fmt"
	"net"
	"net/netip"
)

// listenGroup opens a socket that is a member of a group. It has every address of the machine.
func (n RealNet) listenGroup(addr netip.AddrPort) (PacketConn, error) {
	link, err := n.Multicast.link()
	if err != nil {
		return nil, fmt.Errorf("transport: mcast=%s: %w", n.Multicast.Interface, err)
	}
	pc, err := net.ListenMulticastUDP(family("udp", addr), link, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	return pc, nil
}
