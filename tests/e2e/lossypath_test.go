//go:build e2e

package e2e

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"
)

// lossyPath passes datagrams between whoever sends to its front and a fixed address, and loses
// some of them in both directions, the same ones for the same seed and order.
type lossyPath struct {
	front, back *net.UDPConn
	to          netip.AddrPort
	from        atomic.Pointer[netip.AddrPort] // who sent to the front last
	loss        float64

	passed, lost atomic.Int64
}

func newLossyPath(t *testing.T, to string, loss float64, seed uint64) *lossyPath {
	t.Helper()
	p := &lossyPath{front: packetSocket(t), back: packetSocket(t), to: netip.MustParseAddrPort(to), loss: loss}
	go p.pass(p.front, seed, func(data []byte, from netip.AddrPort) {
		p.from.Store(&from)
		_, _ = p.back.WriteToUDPAddrPort(data, p.to)
	})
	go p.pass(p.back, seed+1, func(data []byte, _ netip.AddrPort) {
		if from := p.from.Load(); from != nil {
			_, _ = p.front.WriteToUDPAddrPort(data, *from)
		}
	})
	return p
}

// packetSocket opens a UDP socket with room for a burst; it is closed with the test.
func packetSocket(t *testing.T) *net.UDPConn {
	t.Helper()
	at := netip.MustParseAddrPort("127.0.0.1:" + strconv.Itoa(freePort(t)))
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadBuffer(4 << 20)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// pass ends when the socket is closed.
func (p *lossyPath) pass(c *net.UDPConn, seed uint64, on func([]byte, netip.AddrPort)) {
	random := rand.New(rand.NewPCG(seed, seed))
	buf := make([]byte, 1<<16)
	for {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if random.Float64() < p.loss {
			p.lost.Add(1)
			continue
		}
		p.passed.Add(1)
		on(buf[:n], from)
	}
}

// addr is where to send to.
func (p *lossyPath) addr() string { return p.front.LocalAddr().String() }
