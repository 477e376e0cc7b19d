package transport_test

import (
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

func TestChooseSocket(t *testing.T) {
	var sockets []*flow.Socket
	for i, at := range []struct {
		p    flow.Proto
		addr string
	}{
		{flow.UDP, "127.0.0.1:5060"},
		{flow.UDP, "192.0.2.1:5060"},
		{flow.UDP, "192.0.2.1:5070"},
		{flow.TCP, "127.0.0.1:5060"},
		{flow.TCP, "192.0.2.1:5060"},
		{flow.UDP, "[2001:db8::1]:5060"},
	} {
		sockets = append(sockets, flow.NewSocket(at.p, netip.MustParseAddrPort(at.addr), i))
	}
	const none = -1
	for _, c := range []struct {
		name      string
		p         flow.Proto
		preferred int
		remote    string
		want      int
	}{
		{"first that can reach the peer", flow.UDP, none, "198.51.100.1:5060", 1},
		{"loopback for loopback", flow.UDP, none, "127.0.0.2:5060", 0},
		{"preferred", flow.UDP, 2, "198.51.100.1:5060", 2},
		{"preferred even on loopback", flow.UDP, 0, "198.51.100.1:5060", 0},
		{"other protocol, same address", flow.TCP, 2, "127.0.0.2:5060", 4},
		{"preferred of the wrong family", flow.UDP, 1, "[2001:db8::2]:5060", 5},
		{"mapped address", flow.UDP, none, "[::ffff:198.51.100.1]:5060", 1},
		{"no such family", flow.TCP, none, "[2001:db8::2]:5060", none},
		{"no such protocol", flow.TLS, none, "198.51.100.1:5060", none},
	} {
		var preferred *flow.Socket
		if c.preferred != none {
			preferred = sockets[c.preferred]
		}
		got := none
		if s := ChooseSocket(sockets, c.p, preferred, netip.MustParseAddrPort(c.remote)); s != nil {
			got = s.Index()
		}
		if got != c.want {
			t.Errorf("%s: socket %d, want %d", c.name, got, c.want)
		}
	}
}
