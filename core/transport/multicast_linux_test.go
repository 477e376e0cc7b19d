package transport_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// sipGroup is all SIP servers, sip.mcast.net (RFC 3261 10.2.6).
var sipGroup = netip.MustParseAddr("224.0.1.75")

// TestGroup: a member of a group gets what is sent to it, once, and answers from an address of its own.
func TestGroup(t *testing.T) {
	talkToGroup(t, phoneOnLoopback(t), "lo", netip.AddrPortFrom(sipGroup, 0), netip.AddrPortFrom(loopback, 0), sipGroup)
}

// groupNetwork is two interfaces that a cable joins: groups of IPv6 have no way by a loopback interface.
const groupNetwork = `ip link set lo up && ip link add va type veth peer name vb &&
	ip -6 addr add fd00::1/64 dev vb nodad && ip -6 addr add fd00::2/64 dev va nodad && ip link set va up && ip link set vb up &&
	exec "$0" -test.run '^TestGroupOfIPv6$' -test.v`

// TestGroupOfIPv6 is TestGroup in a network of its own, in which the test runs once more.
func TestGroupOfIPv6(t *testing.T) {
	if _, err := net.InterfaceByName("vb"); err == nil {
		group := netip.MustParseAddr("ff02::4b")
		phone, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("[fd00::2]:0")))
		if err != nil {
			t.Fatal(err)
		}
		defer phone.Close()
		talkToGroup(t, phone, "vb", netip.AddrPortFrom(group, 0), netip.MustParseAddrPort("[fd00::1]:0"), group.WithZone("va"))
		return
	}
	ns := []string{"unshare", "--map-root-user", "--net"}
	if out, err := exec.Command(ns[0], append(ns[1:], "ip", "link", "add", "va", "type", "veth")...).CombinedOutput(); err != nil {
		t.Skipf("left out: no network of its own: %v %s", err, out)
	}
	if out, err := exec.Command(ns[0], append(ns[1:], "sh", "-c", groupNetwork, os.Args[0])...).CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}

// talkToGroup has a phone talk to a server that is a member of a group by an interface, and has an address of its own. The phone
// sends to the address to.
func talkToGroup(t *testing.T, phone *net.UDPConn, link string, groupAt, ownAt netip.AddrPort, to netip.Addr) {
	t.Helper()
	in := make(inbox, 10)
	s := New(Options{Receiver: in, Net: RealNet{Multicast: MulticastOptions{Interface: link}}})
	group, own := flow.NewSocket(flow.UDP, groupAt, 0), flow.NewSocket(flow.UDP, ownAt, 1)
	for _, x := range []*flow.Socket{group, own} {
		if err := s.Listen(x); err != nil {
			t.Fatal(err)
		}
	}
	s.Start()
	t.Cleanup(func() { closeSet(t, s) })
	sendUntilHeard(t, phone, netip.AddrPortFrom(to, group.Addr.Port()), in)
	for _, text := range []string{message, "second " + message} {
		if _, err := phone.WriteToUDPAddrPort([]byte(text), netip.AddrPortFrom(to, group.Addr.Port())); err != nil {
			t.Fatal(err)
		}
		p := <-in
		for p.Data == firstWord {
			p = <-in
		}
		if p.Data != text || p.Flow.Local != group {
			t.Fatalf("%+v", p)
		}
		if err := s.Send(p.Flow, []byte("reply")); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 10)
		n, from, err := phone.ReadFromUDPAddrPort(b)
		if err != nil || string(b[:n]) != "reply" || from != own.Addr {
			t.Errorf("%q from %s, want it from %s: %v", b[:n], from, own.Addr, err)
		}
	}
	if got := s.LocalSocket(flow.UDP, group, own.Addr); got != own {
		t.Errorf("requests leave from %s", got)
	}
}

const firstWord = "first " + message

// sendUntilHeard waits for the interfaces, which have just been made. The system loses what is sent before.
func sendUntilHeard(t *testing.T, phone *net.UDPConn, to netip.AddrPort, in inbox) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		_, err := phone.WriteToUDPAddrPort([]byte(firstWord), to)
		select {
		case <-in:
			return
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing arrives: %v", err)
		}
	}
}

// phoneOnLoopback sends to groups of IPv4 by the loopback interface.
func phoneOnLoopback(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
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
