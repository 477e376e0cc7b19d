//go:build e2e

package e2e

import (
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/tests/inproc"
)

// callee answers every call as RFC 3261 asks for when datagrams get lost: its 200 is repeated until the ACK or the BYE
// comes (13.3.1.4), and each repeated request gets its answer again. SIPp as callee takes some repetitions for mistakes.
type callee struct {
	conn *net.UDPConn

	mu    sync.Mutex
	calls map[string]*answered
	ended int // calls that got their BYE
}

// answered is a call that was answered.
type answered struct {
	timer *time.Timer // repeats the 200; nil after the ACK
	ended bool
}

func startCallee(t *testing.T) *callee {
	t.Helper()
	c := &callee{conn: packetSocket(t), calls: map[string]*answered{}}
	go c.serve()
	return c
}

func (c *callee) addr() string { return c.conn.LocalAddr().String() }

// serve ends when the socket is closed.
func (c *callee) serve() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := c.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		c.request(string(buf[:n]), from)
	}
}

func (c *callee) request(text string, from netip.AddrPort) {
	method, _, _ := strings.Cut(text, " ")
	id := inproc.Header(text, "Call-ID")
	c.mu.Lock()
	defer c.mu.Unlock()
	call := c.calls[id]
	switch {
	case method == "INVITE" && call == nil:
		c.send(inproc.Reply(text, 180, "Ringing"), from)
		call = new(answered)
		c.calls[id] = call
		c.answer(call, inproc.Reply(text, 200, "OK", "Contact: <sip:callee@"+c.addr()+">"), from, 500*time.Millisecond)
	case call == nil:
	case method == "ACK":
		call.stop()
	case method == "BYE":
		call.stop()
		if !call.ended {
			call.ended = true
			c.ended++
		}
		c.send(inproc.Reply(text, 200, "OK"), from)
	}
}

// answer sends the 200 and repeats it, at most every 4 s.
func (c *callee) answer(call *answered, text string, to netip.AddrPort, wait time.Duration) {
	c.send(text, to)
	call.timer = time.AfterFunc(wait, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if call.timer != nil {
			c.answer(call, text, to, min(2*wait, 4*time.Second))
		}
	})
}

func (a *answered) stop() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}

func (c *callee) send(text string, to netip.AddrPort) {
	_, _ = c.conn.WriteToUDPAddrPort([]byte(text), to)
}

// over is the number of calls that have ended.
func (c *callee) over() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}
