package transport

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

// options are those of a socket. SO_LINGER and most others of a listening socket are also those of the connections that
// it accepts. All that one of them can refuse is set when the server begins to listen, so that it is known then.
func (n RealNet) options(network string, u use) []socketOption {
	const tcp = syscall.IPPROTO_TCP
	stream, listens := u != forDatagrams, u == forListening
	ip, tos := syscall.IPPROTO_IP, syscall.IP_TOS
	loop, hops := syscall.IP_MULTICAST_LOOP, syscall.IP_MULTICAST_TTL
	if strings.HasSuffix(network, "6") {
		ip, tos = syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS
		loop, hops = syscall.IPV6_MULTICAST_LOOP, syscall.IPV6_MULTICAST_HOPS
	}
	t, d, m := &n.TCP, &n.UDP, &n.Multicast
	return []socketOption{
		{n.TOS != 0, "tos", ip, tos, n.TOS},
		{!stream && d.SendBuffer > 0, "maxsndbuffer", syscall.SOL_SOCKET, syscall.SO_SNDBUF, d.SendBuffer},
		{!stream && d.PathMTU != PathMTUSystem && ip == syscall.IPPROTO_IP, "pmtu_discovery", ip, syscall.IP_MTU_DISCOVER, discovery[d.PathMTU]},
		{!stream, "mcast_loopback", ip, loop, oneIf(m.Loopback)},
		{!stream && m.SetTTL, "mcast_ttl", ip, hops, m.TTL},
		{stream && t.SynRetries > 0, "tcp_syncnt", tcp, syscall.TCP_SYNCNT, t.SynRetries},
		{stream && t.Linger2 > 0, "tcp_linger2", tcp, syscall.TCP_LINGER2, int(t.Linger2 / time.Second)},
		{listens && t.DeferAccept > 0, "tcp_defer_accept", tcp, syscall.TCP_DEFER_ACCEPT, int(t.DeferAccept / time.Second)},
		{u == forDialing && t.DelayedAck, "tcp_delayed_ack", tcp, syscall.TCP_QUICKACK, 0},
	}
}

// discovery is the system's numbers for PathMTU (ip(7)).
var discovery = [...]int{PathMTUCut: syscall.IP_PMTUDISC_DONT, PathMTUWhole: syscall.IP_PMTUDISC_DO}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// bindToDevice has a socket receive and send by one interface or VRF only.
func bindToDevice(fd uintptr, device string) error {
	if err := syscall.BindToDevice(int(fd), device); err != nil {
		return fmt.Errorf("transport: vrf=%s: %w", device, err)
	}
	return nil
}

func setInt(fd uintptr, level, option, value int) error {
	return syscall.SetsockoptInt(int(fd), level, option, value)
}

// setReset has the system forget a connection when it is closed, and tell the peer so.
func setReset(fd uintptr) error {
	return syscall.SetsockoptLinger(int(fd), syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
}

// setBacklog changes how many connections may wait at a socket that listens already.
func setBacklog(ln net.Listener, n int) error {
	raw, err := ln.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = syscall.Listen(int(fd), n) }); err != nil {
		return err
	}
	return failed
}
