package transport_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// linkLocal is an address of this machine that is local to a link.
func linkLocal(t *testing.T) netip.Addr {
	t.Helper()
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() {
				return p.Addr().WithZone(i.Name)
			}
		}
	}
	t.Skip("left out: no interface of this machine has an address of its link")
	return netip.Addr{}
}

// TestLinkLocal: sockets on addresses of a link reach peers there, whose addresses do not name the link.
func TestLinkLocal(t *testing.T) {
	at := linkLocal(t)
	for _, p := range []flow.Proto{flow.UDP, flow.TCP} {
		var boxes [2]inbox
		var sets [2]*Set
		var sockets [2]*flow.Socket
		for i := range sets {
			boxes[i] = make(inbox, 1)
			sets[i] = New(Options{Receiver: boxes[i]})
			sockets[i] = flow.NewSocket(p, netip.AddrPortFrom(at, 0), 0)
			if err := sets[i].Listen(sockets[i]); err != nil {
				t.Fatal(err)
			}
			sets[i].Start()
			t.Cleanup(func() { closeSet(t, sets[i]) })
		}
		to := netip.AddrPortFrom(at.WithZone(""), sockets[1].Addr.Port())
		if err := sets[0].Send(flow.Flow{Proto: p, Local: sockets[0], Remote: to}, []byte(message)); err != nil {
			t.Fatal(err)
		}
		came := <-boxes[1]
		if from := came.Flow.Remote.Addr(); from != at.WithZone("") {
			t.Errorf("%s: from %s", p, from)
		}
		if err := sets[1].Send(came.Flow, []byte(message)); err != nil {
			t.Fatal(err)
		}
		<-boxes[0]
	}
}
