package kemi

import (
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/moonroute/moonroute/core/config"
)

// listenAddrs finds the local addresses that a listen= host means.
func (s *Server) listenAddrs(host string) ([]netip.Addr, error) {
	if len(host) > 2 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if _, err := net.InterfaceByName(host); err == nil {
		return s.interfaceAddrs(host)
	}
	ips, err := net.LookupIP(host)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q: %w", host, err)
	}
	return []netip.Addr{firstOf(ips)}, nil
}

// checkSocket finds what a socket cannot have; problem is empty if all is well.
func checkSocket(l config.Listen, addrs []netip.Addr) (problem, hint string) {
	if l.VRF != "" {
		if _, err := net.InterfaceByName(l.VRF); err != nil {
			return fmt.Sprintf("vrf: this machine has no VRF and no interface %q", l.VRF), "a name that ip link shows"
		}
	}
	if l.Proto != "" && l.Proto != "udp" && slices.ContainsFunc(addrs, netip.Addr.IsMulticast) {
		return l.Proto + " cannot reach the group of multicast " + l.Host, "listen=udp:" + l.Host
	}
	return "", ""
}

// firstOf is the address of a host that is listened on: the first one, IPv4 before IPv6, as the incumbent has it.
func firstOf(ips []net.IP) (first netip.Addr) {
	for _, ip := range ips {
		a, _ := netip.AddrFromSlice(ip)
		if a = a.Unmap(); a.Is4() {
			return a
		}
		if !first.IsValid() {
			first = a
		}
	}
	return first
}

// everyInterface stands for all interfaces of the machine.
const everyInterface = ""

// interfaceAddrs are the addresses of an interface: those of IPv6 only with auto_bind_ipv6, and of
// these the local ones of a link only with bind_ipv6_link_local, as the incumbent has it.
func (s *Server) interfaceAddrs(name string) ([]netip.Addr, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("cannot list the interfaces: %w", err)
	}
	var list []netip.Addr
	for _, i := range interfaces {
		if name != everyInterface && i.Name != name {
			continue
		}
		found, err := i.Addrs()
		if err != nil {
			return nil, fmt.Errorf("cannot listen on %q: %w", i.Name, err)
		}
		for _, f := range found {
			if p, err := netip.ParsePrefix(f.String()); err == nil && s.binds(p.Addr()) {
				list = append(list, zoned(p.Addr(), i.Name))
			}
		}
	}
	return list, nil
}

// binds tells whether an address that nobody named is listened on.
func (s *Server) binds(a netip.Addr) bool {
	if a.Unmap().Is4() {
		return true
	}
	return s.Config.Bool("auto_bind_ipv6", false) && (!a.IsLinkLocalUnicast() || s.Config.Bool("bind_ipv6_link_local", false))
}

// zoned is an address as it can be listened on: one that is local to a link needs its interface.
func zoned(a netip.Addr, name string) netip.Addr {
	if a.IsLinkLocalUnicast() && a.Is6() {
		return a.WithZone(name)
	}
	return a.Unmap()
}
