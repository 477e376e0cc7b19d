package server

import (
	"net/netip"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/transport"
)

// TestMultihomed: with mhomed a request leaves from the address that the system's routes choose, unless the script chose a socket.
func TestMultihomed(t *testing.T) {
	inside := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("10.0.0.1:5060"), 1)
	other := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("10.0.0.1:5070"), 2)
	six := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("[2001:db8::1]:5060"), 3)
	for _, c := range []struct {
		on     bool
		to     string
		forced *flow.Socket
		want   int // index of the socket
	}{
		{true, "10.0.0.9:5060", nil, 1}, {false, "10.0.0.9:5060", nil, 0}, {true, "192.0.2.9:5060", nil, 0}, {true, "10.0.0.9:5060", other, 2},
		{true, "[2001:db8::9]:5060", nil, 3}, {true, "203.0.113.1:5060", nil, 0},
	} {
		asked := 0
		w := newWorld(t, routes{}, func(o *Options) {
			o.Multihomed, o.Sockets = c.on, append(o.Sockets, other, inside, six)
		})
		w.server.sender = chooser{w.server.sender, w.server.opt.Sockets}
		w.server.routes.ask = func(to netip.AddrPort) netip.Addr {
			asked++
			switch {
			case to.Addr().Is6():
				return six.Addr.Addr()
			case netip.MustParsePrefix("10.0.0.0/8").Contains(to.Addr()):
				return inside.Addr.Addr()
			case to.Addr() == netip.MustParseAddr("203.0.113.1"):
				return netip.Addr{} // no route
			}
			return w.local.Addr.Addr()
		}
		m := new(route.Message)
		m.Flow.Local = w.local
		for range 3 {
			way, err := w.server.way(flow.UDP, netip.MustParseAddrPort(c.to), c.forced, m)
			if err != nil || way.Local.Index() != c.want {
				t.Errorf("%+v: from %v, %v", c, way.Local, err)
			}
		}
		if want := truth(c.on && c.forced == nil); asked != want {
			t.Errorf("%+v: the system was asked %d times", c, asked)
		}
	}
}

// chooser is a sender that has all sockets of the server.
type chooser struct {
	transport.Sender
	sockets []*flow.Socket
}

func (c chooser) LocalSocket(p flow.Proto, preferred *flow.Socket, to netip.AddrPort) *flow.Socket {
	return transport.ChooseSocket(c.sockets, p, preferred, to)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestLocalTowards asks the real system.
func TestLocalTowards(t *testing.T) {
	if got := localTowards(netip.MustParseAddrPort("127.0.0.1:5060")); got.String() != "127.0.0.1" {
		t.Error(got)
	}
}

// TestRoutesAreForgotten: routes may change, and peers come and go.
func TestRoutesAreForgotten(t *testing.T) {
	asked := 0
	r := homeRoutes{ask: func(netip.AddrPort) netip.Addr { asked++; return netip.Addr{} }}
	now := time.Unix(1000, 0)
	for i := range maxRoutes + 10 {
		r.towards(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 5060), now)
	}
	if len(r.known) > maxRoutes {
		t.Errorf("%d are known", len(r.known))
	}
	asked = 0
	r.towards(netip.MustParseAddrPort("10.0.16.1:5060"), now.Add(2*routeTime))
	if asked != 1 {
		t.Error("an old route is used")
	}
}
