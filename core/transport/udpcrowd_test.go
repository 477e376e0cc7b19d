//go:build linux && (amd64 || arm64)

package transport_test

import (
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/load"
	. "github.com/moonroute/moonroute/core/transport"
)

// crowd is a Receiver that answers at once what comes with others.
type crowd struct {
	hold            chan struct{} // the first packet waits for it
	crowded         atomic.Bool
	single, at, all atomic.Int64 // packets that came alone, and with others
	relaxed         atomic.Int64 // of these, packets whose reader says that it is not behind
}

func (c *crowd) Crowded() bool { return c.crowded.Load() }

func (c *crowd) Receive(p Packet, _ Carrier) bool {
	if p.Answers == nil {
		if c.single.Add(1) == 1 {
			<-c.hold
		}
	} else {
		c.at.Add(1)
		if p.Behind < load.Start {
			c.relaxed.Add(1)
		}
		p.Answers.Answer([]byte("answer to "+p.Data), p.Flow.Remote)
	}
	c.all.Add(1)
	return false
}

// TestCrowd: what piles up while the server is behind is read many at a time, and its answers leave together; each peer has its
// own, in order.
func TestCrowd(t *testing.T) {
	for _, crowded := range []bool{true, false} {
		in := &crowd{hold: make(chan struct{})}
		in.crowded.Store(crowded)
		s, sockets := server(t, Options{Receiver: in, UDPReaders: 1}, flow.UDP)
		peers := []*net.UDPConn{dialUDP(t, sockets[0]), dialUDP(t, sockets[0])}
		write(t, peers[0], message)
		const n = 100
		for i := range n {
			for _, c := range peers {
				write(t, c, strconv.Itoa(i)+" "+message)
			}
		}
		close(in.hold)
		if crowded {
			for i := range n - 1 { // the first of all may have been read alone
				for _, c := range peers {
					expectAnswer(t, c, i)
				}
			}
		}
		for in.all.Load() < 2*n+1 {
			time.Sleep(time.Millisecond)
		}
		sent := int64(s.Stats.UDPSent.Load())
		for deadline := time.Now().Add(10 * time.Second); sent < in.at.Load() && time.Now().Before(deadline); sent = int64(s.Stats.UDPSent.Load()) {
			time.Sleep(time.Millisecond)
		}
		if crowded && in.at.Load() < 2*n-1 || !crowded && in.at.Load() > 0 || in.relaxed.Load() > 0 || sent != in.at.Load() {
			t.Errorf("crowded %v: %d with others, of which %d not behind, %d sent", crowded, in.at.Load(), in.relaxed.Load(), sent)
		}
	}
}

// expectAnswer reads the answer to the i-th message, or to the next one if that came alone.
func expectAnswer(t *testing.T, c *net.UDPConn, i int) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, 2000)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	text := string(buf[:n])
	if !strings.HasPrefix(text, "answer to "+strconv.Itoa(i)+" ") && !strings.HasPrefix(text, "answer to "+strconv.Itoa(i+1)+" ") {
		t.Fatalf("%d: %q", i, text)
	}
}
