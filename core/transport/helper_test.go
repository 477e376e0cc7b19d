package transport_test

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

const message = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c;branch=z9hG4bK1\r\nCall-ID: x\r\nContent-Length: 0\r\n\r\n"

// inbox is a Receiver that keeps what comes.
type inbox chan Packet

func (in inbox) Receive(p Packet, _ Carrier) bool {
	in <- p
	return false
}

// receive is a Receiver that is a function.
type receive func(p Packet, c Carrier) bool

func (r receive) Receive(p Packet, c Carrier) bool { return r(p, c) }

var loopback = netip.MustParseAddr("127.0.0.1")

func socket(p flow.Proto, port uint16) *flow.Socket {
	return flow.NewSocket(p, netip.AddrPortFrom(loopback, port), 0)
}

// server starts a set with one socket for each protocol, on free ports.
func server(t testing.TB, o Options, protos ...flow.Proto) (*Set, []*flow.Socket) {
	t.Helper()
	s := New(o)
	var sockets []*flow.Socket
	for _, p := range protos {
		sockets = append(sockets, socket(p, 0))
		if err := s.Listen(sockets[len(sockets)-1]); err != nil {
			t.Fatal(err)
		}
	}
	s.Start()
	t.Cleanup(func() { closeSet(t, s) })
	return s, sockets
}

func closeSet(t testing.TB, s *Set) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

// dial opens a connection to a socket through the given network.
func dial(t testing.TB, n Net, to *flow.Socket) net.Conn {
	t.Helper()
	c, err := n.DialTCP(context.Background(), netip.AddrPort{}, to.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func write(t testing.TB, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// expect reads exactly the text.
func expect(t testing.TB, c net.Conn, text string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	b := make([]byte, len(text))
	if _, err := io.ReadFull(c, b); err != nil || string(b) != text {
		t.Fatalf("got %q, %v; want %q", b, err, text)
	}
}

// expectClosed waits for the end of the stream.
func expectClosed(t testing.TB, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(1000 * time.Second))
	if b, err := io.ReadAll(c); len(b) > 0 || err != nil && strings.Contains(err.Error(), "timeout") {
		t.Fatalf("got %q, %v; want the end", b, err)
	}
}

// hangingNet is a network on which no connect is ever answered.
type hangingNet struct{ Net }

func (hangingNet) DialTCP(ctx context.Context, _, _ netip.AddrPort) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
