package transport_test

import (
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// TestProxied: behind a load balancer a connection is from whom the PROXY header names, in both versions; the load
// balancer's own connections are from itself, and others are refused.
func TestProxied(t *testing.T) {
	in := make(inbox, 1)
	s, sockets := server(t, Options{Receiver: in, AcceptProxied: true}, flow.TCP)
	version2 := "\r\n\r\n\x00\r\nQUIT\n"
	for name, c := range map[string]struct {
		header string
		from   string // empty: the socket's own address
	}{
		"version 1":          {"PROXY TCP4 192.0.2.1 192.0.2.9 4711 5060\r\n", "192.0.2.1:4711"},
		"version 1 and IPv6": {"PROXY TCP6 2001:db8::1 2001:db8::9 4711 5060\r\n", "[2001:db8::1]:4711"},
		"version 2":          {version2 + "\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x09\x12\x67\x13\xc4", "192.0.2.1:4711"},
		"unknown":            {"PROXY UNKNOWN\r\n", ""},
		"health check":       {version2 + "\x20\x00\x00\x00", ""},
	} {
		conn := dial(t, RealNet{}, sockets[0])
		write(t, conn, c.header+message)
		p := <-in
		want := c.from
		if want == "" {
			want = conn.LocalAddr().String()
		}
		if p.Flow.Remote != netip.MustParseAddrPort(want) || p.Data != message {
			t.Errorf("%s: %s, want %s:\n%s", name, p.Flow.Remote, want, p.Data)
		}
		if err := s.Send(flow.Flow{Proto: flow.TCP, Remote: p.Flow.Remote}, []byte("answer")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		expect(t, conn, "answer")
	}
	for name, header := range map[string]string{"none": "", "broken": "PROXY TCP4 x y 1 2\r\n"} {
		conn := dial(t, RealNet{}, sockets[0])
		write(t, conn, header+message)
		expectClosed(t, conn)
		select {
		case p := <-in:
			t.Errorf("%s: it was taken:\n%s", name, p.Data)
		default:
		}
	}
}
