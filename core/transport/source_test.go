package transport_test

import (
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// TestSourceOfReuse: a message goes over a connection that comes from where it has to, or over a new one.
func TestSourceOfReuse(t *testing.T) {
	const one, other, samePlace = 0, 1, 2 // the sockets; the last one has the address of the second
	for _, c := range []struct {
		name  string
		match bool // tcp_connection_match
		from  bool // the script chose the sockets
		by    []int
		conns []int // the connection that each message takes, by the order in which they come
	}{
		{"any", false, false, []int{one, other, samePlace}, []int{0, 0, 0}},
		{"the address", false, true, []int{one, other, one, samePlace}, []int{0, 1, 0, 1}},
		{"the socket", true, false, []int{one, other, one, samePlace}, []int{0, 1, 0, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := make(inbox, 10)
			_, at := server(t, Options{Receiver: far}, flow.TCP)
			s := New(Options{Receiver: make(inbox), MatchSocket: c.match})
			t.Cleanup(func() { closeSet(t, s) })
			var sockets []*flow.Socket
			for i, addr := range []string{"127.0.0.1:0", "127.0.0.2:0", "127.0.0.2:0"} {
				sockets = append(sockets, flow.NewSocket(flow.TCP, netip.MustParseAddrPort(addr), i))
				if err := s.Listen(sockets[i]); err != nil {
					t.Skipf("left out: %v", err) // a system whose loopback has one address
				}
			}
			s.Start()
			var seen []netip.AddrPort
			for i, by := range c.by {
				if err := s.SendWith(flow.Flow{Proto: flow.TCP, Local: sockets[by], Remote: at[0].Addr}, []byte(message), SendOptions{FromLocal: c.from}); err != nil {
					t.Fatal(err)
				}
				from := (<-far).Flow.Remote
				if from.Addr() != sockets[by].Addr.Addr() && c.name != "any" {
					t.Errorf("message %d comes from %s", i, from)
				}
				if got := place(&seen, from); got != c.conns[i] {
					t.Errorf("message %d takes connection %d, want %d", i, got, c.conns[i])
				}
			}
		})
	}
}

// place is where x is in a list, to which it is added if it is not there.
func place(list *[]netip.AddrPort, x netip.AddrPort) int {
	for i, have := range *list {
		if have == x {
			return i
		}
	}
	*list = append(*list, x)
	return len(*list) - 1
}
