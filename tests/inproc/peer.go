package inproc

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// patience is how long a peer waits for a message that must come.
const patience = time.Minute

// Peer is a UDP socket beside the server, which sends and receives texts.
type Peer struct {
	Addr netip.AddrPort

	t      testing.TB
	conn   transport.PacketConn
	server netip.AddrPort
	in     chan string
	sent   int             // requests made, to tell them apart
	seen   map[string]bool // what came before, on the machine's own network; nil: repetitions are told to the test
}

// maxDatagram is the largest message that a peer takes.
const maxDatagram = 1 << 16

// Peer opens a socket at an address, "127.0.0.1:0" for a free port.
func (s *Server) Peer(addr string) *Peer {
	s.t.Helper()
	conn, err := s.net.ListenUDP(netip.MustParseAddrPort(addr), false)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &Peer{t: s.t, conn: conn, server: s.Address(flow.UDP), in: make(chan string, 1000)}
	p.Addr = netip.MustParseAddrPort(conn.LocalAddr().String())
	if _, real := s.net.(transport.RealNet); real {
		p.seen = map[string]bool{}
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	go p.read()
	return p
}

// read ends when the socket is closed.
func (p *Peer) read() {
	buf := make([]byte, maxDatagram)
	for {
		n, _, err := p.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if text := string(buf[:n]); !p.repeated(text) {
			p.in <- text
		}
	}
}

// repeated tells a request that came before, and a final answer to an INVITE: on a busy machine the server
// may send it again before it sees the test's answer. Where time is handed in it does so when it should.
func (p *Peer) repeated(text string) bool {
	reply := strings.HasPrefix(text, "SIP/2.0 ")
	if p.seen == nil || reply && (strings.HasPrefix(text, "SIP/2.0 1") || !strings.HasSuffix(Header(text, "CSeq"), "INVITE")) {
		return false
	}
	before := p.seen[text]
	p.seen[text] = true
	return before
}

// Send sends a text to the server as it is.
func (p *Peer) Send(text string) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort([]byte(text), p.server); err != nil {
		p.t.Fatal(err)
	}
}

// Receive is the next message from the server.
func (p *Peer) Receive() string {
	p.t.Helper()
	select {
	case m := <-p.in:
		return m
	case <-time.After(patience):
		p.t.Fatalf("%v: nothing came within %v", p.Addr, patience)
		return ""
	}
}

// Expect is the next message, whose start line must contain text.
func (p *Peer) Expect(text string) string {
	p.t.Helper()
	m := p.Receive()
	if line := StartLine(m); !strings.Contains(line, text) {
		p.t.Fatalf("%v: %q came, want %q\n%s", p.Addr, line, text, m)
	}
	return m
}

// Silence fails the test if a message comes within d.
func (p *Peer) Silence(d time.Duration) {
	p.t.Helper()
	select {
	case m := <-p.in:
		p.t.Fatalf("%v: nothing should have come, but\n%s", p.Addr, m)
	case <-time.After(d):
	}
}

// Ask sends a request and gives the next message.
func (p *Peer) Ask(method, uri string, headers ...string) string {
	p.t.Helper()
	p.Send(p.Request(method, uri, headers...))
	return p.Receive()
}
