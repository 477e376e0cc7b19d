package transport

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// listenGroup opens a socket that is a member of a group and has the group's address. Package net would give it every
// address of the machine, and with that the datagrams of other sockets.
func (n RealNet) listenGroup(addr netip.AddrPort) (PacketConn, error) {
	link, err := n.Multicast.link()
	if err != nil {
		return nil, fmt.Errorf("transport: mcast=%s: %w", n.Multicast.Interface, err)
	}
	index := 0
	if link != nil {
		index = link.Index
	}
	domain := syscall.AF_INET6
	if addr.Addr().Is4() {
		domain = syscall.AF_INET
	}
	fd, err := syscall.Socket(domain, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	file := os.NewFile(uintptr(fd), addr.String())
	defer file.Close()
	if err := n.join(fd, addr, index); err != nil {
		return nil, err
	}
	pc, err := net.FilePacketConn(file) // on a descriptor of its own
	if err != nil {
		return nil, err
	}
	return pc.(*net.UDPConn), nil
}

// join gives a socket the address of a group and makes it a member, by the interface with this number. Other servers
// on the machine may be members too.
func (n RealNet) join(fd int, addr netip.AddrPort, link int) error {
	reuse := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	options := setOptions(uintptr(fd), n.options(family("udp", addr), forDatagrams))
	if device := n.Devices[addr.Addr()]; device != "" {
		options = errors.Join(options, bindToDevice(uintptr(fd), device))
	}
	if err := errors.Join(reuse, options); err != nil {
		return err
	}
	if err := os.NewSyscallError("bind", syscall.Bind(fd, groupAddress(addr, link))); err != nil {
		return err
	}
	if a := addr.Addr(); !a.Is4() {
		return os.NewSyscallError("join", syscall.SetsockoptIPv6Mreq(fd, syscall.IPPROTO_IPV6, syscall.IPV6_JOIN_GROUP,
			&syscall.IPv6Mreq{Multiaddr: a.As16(), Interface: uint32(link)}))
	}
	return os.NewSyscallError("join", syscall.SetsockoptIPMreqn(fd, syscall.IPPROTO_IP, syscall.IP_ADD_MEMBERSHIP,
		&syscall.IPMreqn{Multiaddr: addr.Addr().As4(), Ifindex: int32(link)}))
}

func groupAddress(addr netip.AddrPort, link int) syscall.Sockaddr {
	if a := addr.Addr(); !a.Is4() {
		return &syscall.SockaddrInet6{Port: int(addr.Port()), Addr: a.As16(), ZoneId: uint32(link)}
	}
	return &syscall.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
}
