package transport_test

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

func TestTCPBothWays(t *testing.T) {
	in := make(inbox, 10)
	s, sockets := server(t, Options{Receiver: in}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, message+message)
	first, second := <-in, <-in
	if first.Data != message || second.Data != message || first.Flow != second.Flow || first.Flow.Conn == 0 {
		t.Fatalf("%+v\n%+v", first, second)
	}
	for _, f := range []flow.Flow{first.Flow, {Proto: flow.TCP, Remote: first.Flow.Remote}} {
		if err := s.SendWith(f, []byte("reply"), SendOptions{NoConnect: true}); err != nil {
			t.Fatal(err)
		}
		expect(t, c, "reply")
	}
	write(t, c, "\r\n\r\n")
	expect(t, c, "\r\n")
	write(t, c, strings.Replace(message, "Content-Length: 0\r\n", "", 1))
	expectClosed(t, c)
	if s.Stats.TCPBad.Load() != 1 || s.Stats.TCPReceived.Load() != 2 || s.Stats.KeepAlives.Load() != 1 {
		t.Fatal("counters")
	}
}

func TestTCPCloseAfterSend(t *testing.T) {
	in := make(inbox, 1)
	s, sockets := server(t, Options{Receiver: in}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, message)
	p := <-in
	if err := s.SendWith(p.Flow, []byte("last"), SendOptions{Close: true}); err != nil {
		t.Fatal(err)
	}
	expect(t, c, "last")
	expectClosed(t, c)
	if err := s.SendWith(p.Flow, []byte("x"), SendOptions{NoConnect: true}); !errors.Is(err, ErrNoConnection) {
		t.Fatal(err)
	}
}

func TestTCPConnectsOnceAndReuses(t *testing.T) {
	far := make(inbox, 10)
	b, at := server(t, Options{Receiver: far}, flow.TCP)
	near := make(inbox, 10)
	a, _ := server(t, Options{Receiver: near}, flow.TCP)
	to := flow.Flow{Proto: flow.TCP, Remote: at[0].Addr}
	for range 3 {
		if err := a.Send(to, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	var p Packet
	for range 3 {
		p = <-far
	}
	if n := a.Stats.TCPConnected.Load(); n != 1 {
		t.Fatalf("%d connections", n)
	}
	if err := b.Send(p.Flow, []byte(message)); err != nil {
		t.Fatal(err)
	}
	if back := <-near; back.Flow.Remote != at[0].Addr {
		t.Fatalf("%+v", back.Flow)
	}
	list := a.Connections()
	if len(list) != 1 || list[0].State != "CONN_OK" || list[0].Accepted || list[0].Remote != at[0].Addr || list[0].Timeout > 120*time.Second {
		t.Fatalf("%+v", list)
	}
}

// A connection that died is replaced: the ID is not used again.
func TestTCPDeadConnectionIsReplaced(t *testing.T) {
	far := make(inbox, 10)
	_, at := server(t, Options{Receiver: far}, flow.TCP)
	a, _ := server(t, Options{Receiver: make(inbox)}, flow.TCP)
	to := flow.Flow{Proto: flow.TCP, Remote: at[0].Addr}
	if err := a.Send(to, []byte(message)); err != nil {
		t.Fatal(err)
	}
	<-far
	to.Conn = a.Connections()[0].ID
	if !a.CloseConnection(to.Conn) || a.CloseConnection(to.Conn) {
		t.Fatal("close")
	}
	if err := a.Send(to, []byte(message)); err != nil {
		t.Fatal(err)
	}
	<-far
	if list := a.Connections(); len(list) != 1 || list[0].ID <= to.Conn {
		t.Fatalf("%+v", list)
	}
}

func TestTCPConnectFailureIsReported(t *testing.T) {
	a, sockets := server(t, Options{Receiver: make(inbox)}, flow.TCP)
	closed, at := server(t, Options{Receiver: make(inbox)}, flow.TCP)
	closeSet(t, closed)
	failed := make(chan error, 2)
	to := flow.Flow{Proto: flow.TCP, Local: sockets[0], Remote: at[0].Addr}
	if err := a.SendWith(to, []byte(message), SendOptions{Failed: func(err error) { failed <- err }}); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), at[0].Addr.String()) {
		t.Fatal(err)
	}
	left := func() bool { // the report may come before the connection is taken out
		return len(a.Connections()) != 0 || a.Stats.QueuedBytes.Load() != 0 || a.Stats.TCPConnectErrors.Load() != 1
	}
	for end := time.Now().Add(5 * time.Second); left() && time.Now().Before(end); {
		runtime.Gosched()
	}
	if left() {
		t.Fatalf("left: %d connections, %d bytes queued, %d connect errors", len(a.Connections()), a.Stats.QueuedBytes.Load(), a.Stats.TCPConnectErrors.Load())
	}
	if err := a.SendWith(to, []byte(message), SendOptions{NoConnect: true}); !errors.Is(err, ErrNoConnection) {
		t.Fatal(err)
	}
}

// A peer that does not read must not hold memory or a sender.
func TestTCPQueueOverflow(t *testing.T) {
	in := make(inbox, 1)
	s, sockets := server(t, Options{Receiver: in, Limits: Limits{ConnQueue: 100 << 10}}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, message)
	p := <-in
	failed := make(chan error, 1000)
	big := make([]byte, 50<<10)
	var err error
	for range 1000 {
		if err = s.SendWith(p.Flow, big, SendOptions{NoConnect: true, Failed: func(err error) { failed <- err }}); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrQueueFull) {
		t.Fatal(err)
	}
	<-failed
	closeSet(t, s)
	if s.Stats.QueuedBytes.Load() != 0 || s.Stats.Conns.Load() != 0 || s.Stats.TCPQueueFull.Load() != 1 {
		t.Fatalf("queued %d, connections %d", s.Stats.QueuedBytes.Load(), s.Stats.Conns.Load())
	}
}

// What does not fit the socket at once arrives whole and in order.
func TestTCPQueueDrains(t *testing.T) {
	in := make(inbox, 1)
	s, sockets := server(t, Options{Receiver: in, Limits: Limits{ConnQueue: 32 << 20, TotalQueue: 64 << 20}}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, message)
	p := <-in
	var want strings.Builder
	for i := range 200 {
		part := strings.Repeat(string(rune('A'+i%26)), 50<<10)
		want.WriteString(part)
		if err := s.SendWith(p.Flow, []byte(part), SendOptions{Close: i == 199}); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, c, want.String())
	expectClosed(t, c)
}

// The deadline of a drain must not fail what is written after it.
func TestTCPWritesGoOnAfterADrain(t *testing.T) {
	in := make(inbox, 1)
	const limit = 3 * time.Second // far more than the drain takes
	s, sockets := server(t, Options{Receiver: in, Limits: Limits{Send: limit, ConnQueue: 32 << 20, TotalQueue: 64 << 20}}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, message)
	p := <-in
	big := strings.Repeat("x", 5<<20)
	if err := s.Send(p.Flow, []byte(big)); err != nil {
		t.Fatal(err)
	}
	expect(t, c, big)
	<-time.After(limit) // a real socket's deadlines run on real time
	if err := s.SendWith(p.Flow, []byte("more"), SendOptions{NoConnect: true}); err != nil {
		t.Fatal(err)
	}
	expect(t, c, "more")
}

func TestTCPAlias(t *testing.T) {
	in := make(inbox, 10)
	s, sockets := server(t, Options{Receiver: in, Limits: Limits{MaxAliases: 1}}, flow.TCP)
	c, d := dial(t, RealNet{}, sockets[0]), dial(t, RealNet{}, sockets[0])
	write(t, c, message)
	first := (<-in).Flow
	write(t, d, message)
	second := (<-in).Flow
	for _, step := range []struct {
		id   flow.ConnID
		port uint16
		want error
	}{
		{first.Conn, 5070, nil},
		{first.Conn, 5070, nil},
		{second.Conn, 5070, ErrAliasTaken},
		{second.Conn, first.Remote.Port(), ErrAliasTaken},
		{first.Conn, 5071, ErrTooManyAliases},
		{999, 5072, ErrConnClosed},
	} {
		if err := s.AddAlias(step.id, step.port); !errors.Is(err, step.want) {
			t.Errorf("%+v: %v", step, err)
		}
	}
	to := flow.Flow{Proto: flow.TCP, Remote: netip.AddrPortFrom(loopback, 5070)}
	if err := s.SendWith(to, []byte("aliased"), SendOptions{NoConnect: true}); err != nil {
		t.Fatal(err)
	}
	expect(t, c, "aliased")
	s.CloseConnection(first.Conn)
	if err := s.SendWith(to, []byte("x"), SendOptions{NoConnect: true}); !errors.Is(err, ErrNoConnection) {
		t.Fatal(err)
	}
}

func TestTCPLimits(t *testing.T) {
	for name, l := range map[string]Limits{"all": {MaxConns: 2}, "peer": {MaxPerPeer: 2}} {
		t.Run(name, func(t *testing.T) {
			in := make(inbox, 10)
			s, sockets := server(t, Options{Receiver: in, Limits: l}, flow.TCP)
			for range 2 {
				write(t, dial(t, RealNet{}, sockets[0]), message)
				<-in
			}
			expectClosed(t, dial(t, RealNet{}, sockets[0]))
			if s.Stats.TCPRefused.Load() != 1 || s.Stats.Conns.Load() != 2 {
				t.Fatal("counters")
			}
			s.CloseConnection(1)
			write(t, dial(t, RealNet{}, sockets[0]), message)
			<-in
		})
	}
}

func TestTCPReaderIsRelieved(t *testing.T) {
	release, entered := make(chan bool), make(chan bool, 10)
	wait := receive(func(_ Packet, c Carrier) bool {
		c.Relieve()
		entered <- true
		<-release
		return true
	})
	_, sockets := server(t, Options{Receiver: wait}, flow.TCP)
	write(t, dial(t, RealNet{}, sockets[0]), message+message+message)
	for range 3 {
		<-entered
	}
	close(release)
}

func TestTCPTimeouts(t *testing.T) {
	limits := Limits{Lifetime: 100 * time.Second, MessageRead: 10 * time.Second}
	cases := []struct {
		name string
		talk func(c net.Conn)
		want time.Duration
	}{
		{"silent", func(net.Conn) {}, 100 * time.Second},
		{"half a message", func(c net.Conn) {
			c.Write([]byte(message[:30]))
		}, 10 * time.Second},
		{"a byte a second", func(c net.Conn) {
			for i := range len(message) {
				if _, err := c.Write([]byte(message[i : i+1])); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}, 10 * time.Second},
		{"keep-alives, then silence", func(c net.Conn) {
			for range 3 {
				time.Sleep(60 * time.Second)
				c.Write([]byte("\n"))
			}
		}, 280 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := new(fakenet.Pipes)
				s, sockets := server(t, Options{Net: n, Receiver: make(inbox, 1), Limits: limits}, flow.TCP)
				conn, begin := dial(t, n, sockets[0]), time.Now()
				var talk sync.WaitGroup
				talk.Go(func() { c.talk(conn) })
				expectClosed(t, conn)
				if took := time.Since(begin); took != c.want {
					t.Errorf("closed after %v, not %v", took, c.want)
				}
				talk.Wait()
				if s.Stats.TCPTimeouts.Load() != 1 || s.Stats.Conns.Load() != 0 {
					t.Error("counters")
				}
			})
		})
	}
}

// Sending keeps a connection alive as well.
func TestTCPLifetimeCountsSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, in := new(fakenet.Pipes), make(inbox, 1)
		s, sockets := server(t, Options{Net: n, Receiver: in}, flow.TCP)
		c := dial(t, n, sockets[0])
		write(t, c, message)
		p := <-in
		for range 5 {
			time.Sleep(100 * time.Second)
			if err := s.SendWith(p.Flow, []byte("x"), SendOptions{NoConnect: true}); err != nil {
				t.Fatal(err)
			}
			expect(t, c, "x")
		}
		time.Sleep(121 * time.Second)
		if err := s.SendWith(p.Flow, []byte("x"), SendOptions{NoConnect: true}); !errors.Is(err, ErrNoConnection) {
			t.Fatal(err)
		}
	})
}

// A peer that never reads is given up after the send timeout, and the sender hears of it.
func TestTCPSendTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, in := new(fakenet.Pipes), make(inbox, 1)
		s, sockets := server(t, Options{Net: n, Receiver: in, Limits: Limits{Send: 3 * time.Second}}, flow.TCP)
		c := dial(t, n, sockets[0])
		write(t, c, message)
		p := <-in
		failed := make(chan error, 1)
		begin := time.Now()
		if err := s.SendWith(p.Flow, []byte("x"), SendOptions{Failed: func(err error) { failed <- err }}); err != nil {
			t.Fatal(err)
		}
		if err := <-failed; time.Since(begin) != 3*time.Second {
			t.Fatalf("after %v: %v", time.Since(begin), err)
		}
		if s.Stats.TCPSendTimeouts.Load() != 1 || s.Stats.TCPResets.Load() != 0 || s.Stats.TCPTimeouts.Load() != 0 {
			t.Error("counters")
		}
	})
}

// A connection that its peer resets is counted once, one that it closes is not.
func TestTCPResetIsCounted(t *testing.T) {
	for _, reset := range []bool{true, false} {
		in := make(inbox, 1)
		s, sockets := server(t, Options{Receiver: in}, flow.TCP)
		c := dial(t, RealNet{TCP: TCPOptions{CloseReset: reset}}, sockets[0])
		write(t, c, message)
		<-in
		c.Close()
		for end := time.Now().Add(time.Minute); s.Stats.Conns.Load() != 0; runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatal("the connection is still there")
			}
		}
		closeSet(t, s) // whoever ends connections is done
		if n := s.Stats.TCPResets.Load(); n != 1 && reset || n != 0 && !reset {
			t.Errorf("%d resets", n)
		}
	}
}

func TestHTTPOnStream(t *testing.T) {
	in := make(inbox, 1)
	_, sockets := server(t, Options{Receiver: in, AcceptHTTP: true, AcceptNoCL: true}, flow.TCP)
	write(t, dial(t, RealNet{}, sockets[0]), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if p := <-in; p.Kind != HTTP {
		t.Fatalf("%+v", p)
	}
	s, sockets := server(t, Options{Receiver: in, AcceptNoCL: true}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"+message)
	if p := <-in; p.Kind != SIP || s.Stats.HTTPDropped.Load() != 1 {
		t.Fatalf("%+v", p)
	}
}
