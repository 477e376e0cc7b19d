package transport_test

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
)

// numbered is the message with a number in place of its branch.
func numbered(i int) string {
	return strings.Replace(message, "z9hG4bK1", fmt.Sprintf("z9hG4bK%06d", i), 1)
}

// TestManyConnectionsAtOnce: the messages of each connection come in order, one at a time, however many are read at once
// and however their bytes are cut.
func TestManyConnectionsAtOnce(t *testing.T) {
	const conns, each = 40, 300
	var all sync.WaitGroup
	all.Add(conns * each)
	var next [conns + 1]struct { // by connection; no lock: the race detector watches
		number int
		_      [64]byte
	}
	_, sockets := server(t, Options{Receiver: receive(func(p Packet, _ Carrier) bool {
		c := &next[p.Flow.Conn]
		if p.Data != numbered(c.number) {
			t.Errorf("connection %d: %q where number %d was due", p.Flow.Conn, p.Data, c.number)
		}
		c.number++
		all.Done()
		return false
	})}, flow.TCP)
	for i := range conns {
		c := dial(t, RealNet{}, sockets[0])
		all.Go(func() { talk(c, each, 50+37*i) })
	}
	all.Wait()
}

// talk sends numbered messages in pieces of some length.
func talk(c net.Conn, messages, piece int) {
	var text strings.Builder
	for i := range messages {
		text.WriteString(numbered(i))
	}
	for rest := text.String(); rest != ""; {
		n := min(piece, len(rest))
		if _, err := c.Write([]byte(rest[:n])); err != nil {
			return
		}
		rest = rest[n:]
	}
}

// TestConnectionsNeedNoGoroutines: one that is idle costs none.
func TestConnectionsNeedNoGoroutines(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("left out: only Linux has epoll, without which each connection has a goroutine")
	}
	const conns = 60
	in := make(inbox, conns)
	_, sockets := server(t, Options{Receiver: in}, flow.TCP)
	before := runtime.NumGoroutine()
	for range conns {
		write(t, dial(t, RealNet{}, sockets[0]), message)
		<-in
	}
	if n := runtime.NumGoroutine() - before; n > conns/2 {
		t.Errorf("%d goroutines for %d connections", n, conns)
	}
}

// TestSentAndClosed: a peer that sends and goes at once is heard, and its end is seen.
func TestSentAndClosed(t *testing.T) {
	in := make(inbox, 1)
	s, sockets := server(t, Options{Receiver: in}, flow.TCP)
	for range 200 {
		c := dial(t, RealNet{}, sockets[0])
		write(t, c, message)
		c.(*net.TCPConn).CloseWrite()
		if p := <-in; p.Data != message {
			t.Fatalf("%q", p.Data)
		}
		expectClosed(t, c)
	}
	closeSet(t, s)
	if n := s.Stats.Conns.Load(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}

// TestPatienceWithSockets: the limits of TestTCPTimeouts with connections of the system, whose readers do not wait.
func TestPatienceWithSockets(t *testing.T) {
	const short, long = 50 * time.Millisecond, time.Hour
	for name, c := range map[string]struct {
		sends  string
		limits Limits
	}{
		"silent":           {"", Limits{Lifetime: short}},
		"silent after all": {message, Limits{Lifetime: short}},
		"half a message":   {message[:30], Limits{Lifetime: long, MessageRead: short}},
		"half of a second": {message + message[:30], Limits{Lifetime: long, MessageRead: short}},
	} {
		t.Run(name, func(t *testing.T) {
			s, sockets := server(t, Options{Receiver: make(inbox, 1), Limits: c.limits}, flow.TCP)
			conn, begin := dial(t, RealNet{}, sockets[0]), time.Now()
			write(t, conn, c.sends)
			expectClosed(t, conn)
			if took := time.Since(begin); took < short {
				t.Errorf("closed after %v", took)
			}
			if n := s.Stats.TCPTimeouts.Load(); n != 1 {
				t.Errorf("%d timeouts", n)
			}
		})
	}
}

// TestByteByByte: a peer that sends its message byte by byte is cut when its time is up, even if a byte comes at that moment.
func TestByteByByte(t *testing.T) {
	const peers = 20
	limits := Limits{Lifetime: time.Hour, MessageRead: 30 * time.Millisecond}
	s, sockets := server(t, Options{Receiver: make(inbox, 1), Limits: limits}, flow.TCP)
	var all sync.WaitGroup
	for range peers {
		c := dial(t, RealNet{}, sockets[0])
		all.Go(func() {
			for err := error(nil); err == nil; _, err = c.Write([]byte("A")) {
				time.Sleep(100 * time.Microsecond)
			}
		})
	}
	all.Wait()
	if n := s.Stats.TCPTimeouts.Load(); n != peers {
		t.Errorf("%d of %d were cut for that", n, peers)
	}
}

// TestShorterPatience: a connection that waits learns of a shorter lifetime at once.
func TestShorterPatience(t *testing.T) {
	for name, shorten := range map[string]func(s *Set, id flow.ConnID){
		"its own":  func(s *Set, id flow.ConnID) { s.SetLifetime(id, time.Millisecond) },
		"of all":   func(s *Set, _ flow.ConnID) { s.Tune(func(now *Tuning) { now.Lifetime = time.Millisecond }) },
		"by order": func(s *Set, id flow.ConnID) { s.CloseConnection(id) },
	} {
		t.Run(name, func(t *testing.T) {
			in := make(inbox, 1)
			s, sockets := server(t, Options{Receiver: in, Limits: Limits{Lifetime: time.Hour}}, flow.TCP)
			c := dial(t, RealNet{}, sockets[0])
			write(t, c, message)
			shorten(s, (<-in).Flow.Conn)
			expectClosed(t, c)
		})
	}
}

// TestTurns: a peer that never stops sending does not keep others from being heard, nor does one whose message is worked on.
func TestTurns(t *testing.T) {
	release, quiet := make(chan bool), make(chan string, 2)
	_, sockets := server(t, Options{Receiver: receive(func(p Packet, c Carrier) bool {
		switch {
		case strings.Contains(p.Data, "wait"):
			c.Relieve()
			<-release
			return true
		case strings.Contains(p.Data, "quiet"):
			quiet <- p.Data
		}
		return false
	})}, flow.TCP)
	var busy sync.WaitGroup
	loud, slow := dial(t, RealNet{}, sockets[0]), dial(t, RealNet{}, sockets[0])
	busy.Go(func() {
		for {
			if _, err := loud.Write([]byte(strings.Repeat(message, 100))); err != nil {
				return
			}
		}
	})
	write(t, slow, strings.Replace(message, "sip:a", "sip:wait", 1)+strings.Replace(message, "sip:a", "sip:quiet", 1))
	<-quiet
	write(t, dial(t, RealNet{}, sockets[0]), strings.Replace(message, "sip:a", "sip:quiet", 1))
	<-quiet
	close(release)
	loud.Close()
	busy.Wait()
}
