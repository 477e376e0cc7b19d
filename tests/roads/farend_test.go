package roads

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/tests/inproc"
)

// both is a peer that takes requests on one port by UDP and TCP.
type both struct {
	t    *testing.T
	addr string
	got  chan string // the transport's name and the request; only without an answer

	mu     sync.Mutex
	code   int // of its answers; 0: it gives none
	header string
}

func listenBoth(t *testing.T) *both {
	t.Helper()
	b := &both{t: t, addr: "127.0.0.1:" + inproc.FreePort(t), got: make(chan string, 100)}
	datagrams, err := net.ListenPacket("udp", b.addr)
	if err != nil {
		t.Fatal(err)
	}
	streams, err := net.Listen("tcp", b.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = datagrams.Close(), streams.Close() })
	go b.datagrams(datagrams)
	go b.streams(streams)
	return b
}

// answer says what requests are answered from now on.
func (b *both) answer(code int, header string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.code, b.header = code, header
}

// reply is the answer to a request; empty if there is none.
func (b *both) reply(over, request string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.code == 0 {
		b.got <- over + " " + request
		return ""
	}
	return inproc.Reply(request, b.code, "Answer", b.header, "X-Over: "+over)
}

func (b *both) datagrams(c net.PacketConn) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		if r := b.reply("UDP", string(buf[:n])); r != "" {
			_, _ = c.WriteTo([]byte(r), from)
		}
	}
}

func (b *both) streams(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go b.stream(c)
	}
}

func (b *both) stream(c net.Conn) {
	defer func() { _ = c.Close() }()
	framer := transport.Framer{MaxHeader: 1 << 16, MaxBody: 1 << 16}
	for {
		f, ok, err := framer.Next()
		switch {
		case err != nil:
			return
		case ok:
			_, _ = c.Write([]byte(b.reply("TCP", f.Data)))
		case framer.Fill(c) != nil:
			return
		}
	}
}

// next is the next request.
func (b *both) next() string {
	b.t.Helper()
	select {
	case got := <-b.got:
		return got
	case <-time.After(patience):
		b.t.Fatal("nothing came")
		return ""
	}
}
