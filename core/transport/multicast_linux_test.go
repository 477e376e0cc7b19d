package transport_test

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// sipGroup is all SIP servers, sip.mcast.net (RFC 3261 10.2.6).
var sipGroup = netip.MustParseAddr("224.0.1.75")

// TestGroup: a member of a group gets what is sent to it, once, and answers from an address of its own.
func TestGroup(t *testing.T) {
	for _, x := range []struct{ group, own, to string }{
		{"224.0.1.75", "127.0.0.1", "224.0.1.75"},
		{"ff02::4b", "::1", "ff02::4b%lo"},
	} {
		t.Run(x.group, func(t *testing.T) {
			own := netip.AddrPortFrom(netip.MustParseAddr(x.own), 0)
			c := phoneOnLoopback(t, own)
			talkToGroup(t, c, flow.NewSocket(flow.UDP, netip.AddrPortFrom(netip.MustParseAddr(x.group), 0), 0), flow.NewSocket(flow.UDP, own, 1), netip.MustParseAddr(x.to))
		})
	}
}

func talkToGroup(t *testing.T, c *net.UDPConn, group, own *flow.Socket, to netip.Addr) {
	t.Helper()
	in := make(inbox, 10)
	s := New(Options{Receiver: in, Net: RealNet{Multicast: MulticastOptions{Interface: "lo"}}})
	for _, x := range []*flow.Socket{group, own} {
		if err := s.Listen(x); err != nil {
			t.Fatal(err)
		}
	}
	s.Start()
	t.Cleanup(func() { closeSet(t, s) })
	for _, text := range []string{message, "second " + message} {
		_, err := c.WriteToUDPAddrPort([]byte(text), netip.AddrPortFrom(to, group.Addr.Port()))
		if errors.Is(err, syscall.ENETUNREACH) {
			t.Skipf("left out: the group is joined, but this machine has no route to groups of IPv6 by its loopback interface: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		p := <-in
		if p.Data != text || p.Flow.Local != group {
			t.Fatalf("%+v", p)
		}
		if err := s.Send(p.Flow, []byte("reply")); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 10)
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil || string(b[:n]) != "reply" || from != own.Addr {
			t.Errorf("%q from %s, want it from %s: %v", b[:n], from, own.Addr, err)
		}
	}
	if got := s.LocalSocket(flow.UDP, group, own.Addr); got != own {
		t.Errorf("requests leave from %s", got)
	}
}

// phoneOnLoopback sends to groups of IPv4 by the loopback interface.
func phoneOnLoopback(t *testing.T, addr netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Skipf("left out: this machine has no IPv6: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if addr.Addr().Is6() {
		return c
	}
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInet4Addr(int(fd), syscall.IPPROTO_IP, syscall.IP_MULTICAST_IF, loopback.As4())
	})
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGroupOptions(t *testing.T) {
	for want, o := range map[[2]int]MulticastOptions{
		{0, 1}: {Interface: "lo"},
		{1, 0}: {Interface: "lo", Loopback: true, SetTTL: true},
		{0, 7}: {SetTTL: true, TTL: 7, Interface: "lo"},
	} {
		for _, addr := range []netip.Addr{loopback, sipGroup} {
			pc, err := RealNet{Multicast: o}.ListenUDP(netip.AddrPortFrom(addr, 0), false)
			if err != nil {
				t.Fatal(addr, err)
			}
			defer pc.Close()
			got := [2]int{number(t, pc, syscall.IPPROTO_IP, syscall.IP_MULTICAST_LOOP), number(t, pc, syscall.IPPROTO_IP, syscall.IP_MULTICAST_TTL)}
			if got != want {
				t.Errorf("%s, %+v: %v, want %v", addr, o, got, want)
			}
		}
	}
	_, err := RealNet{Multicast: MulticastOptions{Interface: "nosuch0"}}.ListenUDP(netip.AddrPortFrom(sipGroup, 0), false)
	if err == nil || !strings.Contains(err.Error(), "mcast=nosuch0") {
		t.Error(err)
	}
}

// TestDevice: a socket is bound to the VRF of its address; one that the machine does not have is named.
func TestDevice(t *testing.T) {
	n := RealNet{Devices: map[netip.Addr]string{loopback: "lo"}}
	pc, err := n.ListenUDP(netip.AddrPortFrom(loopback, 0), false)
	if errors.Is(err, syscall.EPERM) {
		t.Skipf("left out: this system wants CAP_NET_RAW to bind to an interface: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	pc.Close()
	_, near, far := pair(t, n)
	write(t, far, "hello")
	expect(t, near, "hello")
	n.Devices[loopback] = "nosuch0"
	if _, err := n.ListenTCP(netip.AddrPortFrom(loopback, 0)); err == nil || !strings.Contains(err.Error(), "vrf=nosuch0") {
		t.Error(err)
	}
}
