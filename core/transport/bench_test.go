package transport_test

import (
	"io"
	"net"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// echo sends back what comes.
type echo struct {
	set  *Set
	data []byte
}

func (e *echo) Receive(p Packet, _ Carrier) bool {
	_ = e.set.SendWith(p.Flow, e.data, SendOptions{NoConnect: true}) // fails when the client has gone at the end
	return false
}

func echoServer(b *testing.B, p flow.Proto) *flow.Socket {
	e := &echo{data: []byte(message)}
	e.set = New(Options{Receiver: e, UDPReaders: 1})
	s := socket(p, 0)
	if err := e.set.Listen(s); err != nil {
		b.Fatal(err)
	}
	e.set.Start()
	b.Cleanup(func() { closeSet(b, e.set) })
	return s
}

// BenchmarkUDPEcho keeps a window of messages under way. It includes the client's two system calls.
func BenchmarkUDPEcho(b *testing.B) {
	benchmarkEcho(b, dialUDP(b, echoServer(b, flow.UDP)))
}

// BenchmarkTCPEcho is the same over one connection.
func BenchmarkTCPEcho(b *testing.B) {
	benchmarkEcho(b, dial(b, RealNet{}, echoServer(b, flow.TCP)))
}

func benchmarkEcho(b *testing.B, c net.Conn) {
	const window = 16
	out, in := []byte(message), make([]byte, len(message))
	b.ReportAllocs()
	for range window {
		c.Write(out)
	}
	for b.Loop() {
		if _, err := io.ReadFull(c, in); err != nil {
			b.Fatal(err)
		}
		c.Write(out)
	}
}

func BenchmarkUDPSend(b *testing.B) {
	s, sockets := server(b, Options{Receiver: make(inbox), UDPReaders: 1}, flow.UDP)
	to := flow.Flow{Proto: flow.UDP, Local: sockets[0], Remote: dialUDP(b, sockets[0]).LocalAddr().(*net.UDPAddr).AddrPort()}
	data := []byte(message)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Send(to, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTCPSend(b *testing.B) {
	in := make(inbox, 1)
	s, sockets := server(b, Options{Receiver: in, Limits: Limits{ConnQueue: 1 << 30, TotalQueue: 1 << 30}}, flow.TCP)
	c := dial(b, RealNet{}, sockets[0])
	write(b, c, message)
	to := (<-in).Flow
	go io.Copy(io.Discard, c)
	data := []byte(message)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Send(to, data); err != nil {
			b.Fatal(err)
		}
	}
}
