package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// Net is where sockets come from. Tests hand in one that lives in memory.
type Net interface {
	// ListenUDP opens a datagram socket. With share, several sockets of this process may have
	// the same address (SO_REUSEPORT), and the system spreads the peers over them.
	ListenUDP(addr netip.AddrPort, share bool) (PacketConn, error)
	// ListenTCP opens a listening stream socket.
	ListenTCP(addr netip.AddrPort) (net.Listener, error)
	// DialTCP opens a connection. An invalid local address lets the system choose.
	DialTCP(ctx context.Context, local, remote netip.AddrPort) (net.Conn, error)
}

// PacketConn is the part of *net.UDPConn that transport uses.
type PacketConn interface {
	ReadFromUDPAddrPort(b []byte) (n int, from netip.AddrPort, err error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	LocalAddr() net.Addr
	SetReadBuffer(bytes int) error
	Close() error
}

// RealNet is the machine's network.
type RealNet struct {
	// FreeBind allows addresses that the machine does not have, or not yet (ip_free_bind, listen=… virtual).
	FreeBind bool
	TOS      int // type of service or traffic class of what is sent (tos); 0: the system's
	// Devices are the VRFs or interfaces that the sockets with an address are bound to (socket={vrf=…}); Linux only.
	Devices   map[netip.Addr]string
	TCP       TCPOptions
	UDP       UDPOptions
	Multicast MulticastOptions
}

// ListenUDP implements Net. At the address of a group of multicast it joins the group, and does not share.
func (n RealNet) ListenUDP(addr netip.AddrPort, share bool) (PacketConn, error) {
	if addr.Addr().IsMulticast() {
		return n.listenGroup(addr)
	}
	lc := net.ListenConfig{Control: n.control(forDatagrams, n.Devices[addr.Addr()], share)}
	pc, err := lc.ListenPacket(context.Background(), family("udp", addr), addr.String())
	if err != nil {
		return nil, err
	}
	return pc.(*net.UDPConn), nil
}

// ListenTCP implements Net.
func (n RealNet) ListenTCP(addr netip.AddrPort) (net.Listener, error) {
	lc := net.ListenConfig{KeepAlive: -1, KeepAliveConfig: n.TCP.probes(), Control: n.control(forListening, n.Devices[addr.Addr()], n.TCP.ReusePort)}
	ln, err := lc.Listen(context.Background(), family("tcp", addr), addr.String())
	if err != nil || n.TCP.Backlog <= 0 {
		return ln, err
	}
	if err := setBacklog(ln, n.TCP.Backlog); err != nil {
		ln.Close()
		return nil, err
	}
	return ln, nil
}

// DialTCP implements Net.
func (n RealNet) DialTCP(ctx context.Context, local, remote netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1, KeepAliveConfig: n.TCP.probes(), Control: n.control(forDialing, n.Devices[local.Addr()], n.TCP.ReusePort)}
	if local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(local)
	}
	return d.DialContext(ctx, family("tcp", remote), remote.String())
}

// family keeps IPv4 and IPv6 apart: a socket on [::] then leaves the IPv4 port to another one.
func family(network string, addr netip.AddrPort) string {
	if addr.Addr().Unmap().Is4() {
		return network + "4"
	}
	return network + "6"
}

// control sets the options that a socket needs before it gets its address. An empty device is none.
func (n RealNet) control(u use, device string, share bool) func(network, addr string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		var bound, shared, free, reset, others error
		err := c.Control(func(fd uintptr) {
			if device != "" {
				bound = bindToDevice(fd, device)
			}
			if share {
				shared = setReusePort(fd)
			}
			if n.FreeBind && u != forDialing {
				free = setFreeBind(fd, strings.HasSuffix(network, "6"))
			}
			if n.TCP.CloseReset && u != forDatagrams {
				reset = setReset(fd)
			}
			others = setOptions(fd, n.options(network, u))
		})
		return errors.Join(err, bound, shared, free, reset, others)
	}
}

// addrPort is the address of a socket in the one form that is used as a key.
func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		return unmap(a.AddrPort())
	case *net.TCPAddr:
		return unmap(a.AddrPort())
	}
	return netip.AddrPort{}
}

// unmap is an address as messages know it: the link of an address that is local to one goes without saying, by the socket.
func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// onLink is a peer's address for a connection that is opened from a socket, with the link of the socket.
func onLink(remote, local netip.AddrPort) netip.AddrPort {
	if zone := local.Addr().Zone(); zone != "" && remote.Addr().IsLinkLocalUnicast() {
		return netip.AddrPortFrom(remote.Addr().WithZone(zone), remote.Port())
	}
	return remote
}
