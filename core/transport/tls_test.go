package transport_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/core/transport/tlstest"
)

// certificates is a Security with one configuration for each side.
type certificates struct {
	server, client *tls.Config
	lifetime       time.Duration
}

func (c *certificates) Server(flow.Flow) (Terms, error) {
	return Terms{Config: c.server, Note: "accepted"}, nil
}

func (c *certificates) Client(f flow.Flow) (Terms, error) {
	cfg := c.client.Clone()
	if f.Peer != nil {
		cfg.ServerName = f.Peer.Host
	}
	return Terms{Config: cfg, Note: "dialed"}, nil
}

func (c *certificates) Identity(f flow.Flow) string { return f.Peer.Host }

func (c *certificates) Lifetime() time.Duration { return c.lifetime }

func newCertificates(t testing.TB, names ...string) *certificates {
	a := tlstest.NewAuthority(t, "authority")
	pair := a.Issue(nil, names...)
	return &certificates{
		server: &tls.Config{Certificates: []tls.Certificate{pair.Certificate}},
		client: &tls.Config{RootCAs: a.Pool(), ServerName: names[0]},
	}
}

// TestTLSBothWays: requests and replies over one connection that one server opens to another one.
func TestTLSBothWays(t *testing.T) {
	certs := newCertificates(t, "127.0.0.1")
	near, far := make(inbox, 10), make(inbox, 10)
	a, _ := server(t, Options{Receiver: near, Security: certs}, flow.TLS)
	b, at := server(t, Options{Receiver: far, Security: certs}, flow.TLS)
	to := flow.Flow{Proto: flow.TLS, Remote: at[0].Addr}
	for range 3 {
		if err := a.Send(to, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	var p Packet
	for range 3 {
		p = <-far
	}
	if p.Data != message || p.Flow.Proto != flow.TLS || a.Stats.TCPConnected.Load() != 1 {
		t.Fatalf("%+v", p)
	}
	for range 3 {
		if err := b.Send(p.Flow, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // nothing to send is nothing sent
		if err := a.Send(to, nil); err != nil {
			t.Fatal(err)
		}
	}
	back := <-near
	dialed, accepted := a.Secured(back.Flow.Conn), b.Secured(p.Flow.Conn)
	if dialed == nil || dialed.Note != "dialed" || len(dialed.State.PeerCertificates) != 1 || accepted == nil || accepted.Note != "accepted" {
		t.Errorf("%+v\n%+v", dialed, accepted)
	}
	if a.Stats.SecureConns.Load() != 1 || a.Stats.Handshakes.Load() != 1 || a.Secured(99) != nil {
		t.Error("counters")
	}
}

// pieces is a connection that sends few bytes at a time.
type pieces struct {
	net.Conn
	size int
}

func (p pieces) Write(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var some int
		some, err = p.Conn.Write(b[n:min(len(b), n+p.size)])
		n += some
	}
	return n, err
}

// TestTLSRecordsInPieces: a reader that does not wait goes on in the middle of a record, in both ways of TLS to have them.
func TestTLSRecordsInPieces(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		certs := newCertificates(t, "127.0.0.1")
		certs.client.MinVersion, certs.client.MaxVersion = version, version
		in := make(inbox, 100)
		_, at := server(t, Options{Receiver: in, Security: certs}, flow.TLS)
		for _, size := range []int{1, 3, 17, 200} {
			c := tls.Client(pieces{dial(t, RealNet{}, at[0]), size}, certs.client)
			talk(c, 20, 150)
			for i := range 20 {
				if p := <-in; p.Data != numbered(i) {
					t.Fatalf("%d bytes at a time: message %d is %q", size, i, p.Data)
				}
			}
		}
	}
}

// TestTLSFirstBytesDecide: pings, messages in pieces and the proper end, with a client nobody here wrote for SIP.
func TestTLSFirstBytesDecide(t *testing.T) {
	certs := newCertificates(t, "127.0.0.1")
	in := make(inbox, 10)
	s, at := server(t, Options{Receiver: in, Security: certs}, flow.TLS)
	c := tls.Client(dial(t, RealNet{}, at[0]), certs.client)
	write(t, c, "\r\n\r\n")
	expect(t, c, "\r\n")
	for _, b := range []byte(message) {
		write(t, c, string(b))
	}
	p := <-in
	if err := s.SendWith(p.Flow, []byte("last"), SendOptions{Close: true}); err != nil {
		t.Fatal(err)
	}
	expect(t, c, "last")
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 { // without close_notify it would be io.ErrUnexpectedEOF
		t.Fatalf("%q, %v", b, err)
	}
}

// TestPlainTextOnTLS: who speaks plain SIP to a TLS socket is counted and closed, and the other way round.
func TestPlainTextOnTLS(t *testing.T) {
	certs := newCertificates(t, "127.0.0.1")
	s, at := server(t, Options{Receiver: make(inbox), Security: certs}, flow.TLS, flow.TCP)
	c := dial(t, RealNet{}, at[0])
	write(t, c, message)
	if _, err := io.ReadAll(c); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
	hello := tls.Client(dial(t, RealNet{}, at[1]), certs.client)
	if err := hello.Handshake(); err == nil {
		t.Error("handshake with a plain socket")
	}
	if s.Stats.PlainText.Load() != 1 || s.Stats.HandshakeErrors.Load() != 1 || s.Stats.TCPBad.Load() != 1 {
		t.Error("counters")
	}
	awaitNoConns(t, s)
}

func awaitNoConns(t testing.TB, s *Set) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); len(s.Connections()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", s.Connections())
		}
	}
}

// TestTLSHandshakeFails: the sender hears of it, and the connection is gone.
func TestTLSHandshakeFails(t *testing.T) {
	certs := newCertificates(t, "127.0.0.1")
	_, at := server(t, Options{Receiver: make(inbox), Security: certs}, flow.TLS)
	a, _ := server(t, Options{Receiver: make(inbox), Security: newCertificates(t, "127.0.0.1")}, flow.TLS)
	failed := make(chan error, 1)
	err := a.SendWith(flow.Flow{Proto: flow.TLS, Remote: at[0].Addr}, []byte(message), SendOptions{Failed: func(err error) { failed <- err }})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Error(err)
	}
	awaitNoConns(t, a)
}

// TestTLSIdentity: a connection that was opened for one name carries no messages for another one, and
// none that a peer opened carries a message for a name.
func TestTLSIdentity(t *testing.T) {
	certs := newCertificates(t, "a.test", "b.test")
	certs.client.ServerName = "a.test"
	far := make(inbox, 10)
	_, at := server(t, Options{Receiver: far, Security: certs}, flow.TLS)
	a, _ := server(t, Options{Receiver: make(inbox), Security: certs}, flow.TLS)
	for _, host := range []string{"a.test", "b.test", "a.test", "b.test", ""} {
		to := flow.Flow{Proto: flow.TLS, Remote: at[0].Addr}
		if host != "" {
			to.Peer = &flow.Peer{Host: host}
		}
		if err := a.Send(to, []byte(message)); err != nil {
			t.Fatal(err)
		}
		<-far
	}
	if n := a.Stats.TCPConnected.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

// TestTLSLimits: too many secured connections are refused; a peer that never shakes hands is cut off and holds up nobody.
func TestTLSLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		certs := newCertificates(t, "127.0.0.1")
		host := new(fakenet.Pipes)
		s, at := server(t, Options{Net: host, Receiver: make(inbox), Security: certs, Limits: Limits{MaxSecure: 2, Handshake: 3 * time.Second}}, flow.TLS)
		start := time.Now()
		silent := dial(t, host, at[0])
		other := tls.Client(dial(t, host, at[0]), certs.client)
		write(t, other, "\r\n\r\n")
		expect(t, other, "\r\n")
		if time.Since(start) > time.Second {
			t.Error("held up")
		}
		expectClosed(t, dial(t, host, at[0]))
		if s.Stats.TCPRefused.Load() != 1 {
			t.Error("not refused")
		}
		expectClosed(t, silent)
		if waited := time.Since(start); waited < 3*time.Second || waited > 4*time.Second || s.Stats.HandshakeErrors.Load() != 1 {
			t.Errorf("%s", waited)
		}
	})
}

// TestTLSHandshakesTakeTurns: one handshake computes at a time; others wait, but not for ever, and not for a silent peer.
func TestTLSHandshakesTakeTurns(t *testing.T) {
	for _, c := range []struct {
		compute    time.Duration
		busy, done uint64
	}{{time.Second, 0, 2}, {time.Minute, 1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			certs := newCertificates(t, "127.0.0.1")
			var computing, most atomic.Int32
			certs.server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
				most.Store(max(most.Load(), computing.Add(1)))
				defer computing.Add(-1)
				time.Sleep(c.compute)
				return nil, nil
			}
			host := new(fakenet.Pipes)
			s, at := server(t, Options{Net: host, Receiver: make(inbox), Security: certs, Limits: Limits{Handshakes: 1, Handshake: 10 * time.Second}}, flow.TLS)
			dial(t, host, at[0]) // says nothing, and is in nobody's way
			for range 2 {
				client := tls.Client(dial(t, host, at[0]), certs.client)
				go func() { _ = client.Handshake() }()
				synctest.Wait()
			}
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if most.Load() != 1 || s.Stats.HandshakeWaits.Load() == 0 {
				t.Errorf("%d compute at a time, %d waited", most.Load(), s.Stats.HandshakeWaits.Load())
			}
			if busy := s.Stats.HandshakesBusy.Load(); busy != c.busy {
				t.Errorf("%d were refused, want %d", busy, c.busy)
			}
			if c.busy == 0 && s.Stats.Handshakes.Load() != c.done {
				t.Errorf("%d were completed, want %d", s.Stats.Handshakes.Load(), c.done)
			}
		})
	}
}

// TestTLSLifetime: secured connections have a lifetime of their own.
func TestTLSLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		certs := newCertificates(t, "127.0.0.1")
		certs.lifetime = 7 * time.Second
		host := new(fakenet.Pipes)
		_, at := server(t, Options{Net: host, Receiver: make(inbox), Security: certs}, flow.TLS)
		c := tls.Client(dial(t, host, at[0]), certs.client)
		write(t, c, "\r\n\r\n")
		expect(t, c, "\r\n")
		start := time.Now()
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("still open")
		}
		if d := time.Since(start); d < 6*time.Second || d > 8*time.Second {
			t.Errorf("closed after %s", d)
		}
	})
}

// TestTLSManySenders: messages of many goroutines over one connection arrive whole.
func TestTLSManySenders(t *testing.T) {
	certs := newCertificates(t, "127.0.0.1")
	const senders, each = 8, 200
	far := make(inbox, senders*each)
	_, at := server(t, Options{Receiver: far, Security: certs, Limits: Limits{ConnQueue: 64 << 20, TotalQueue: 64 << 20}}, flow.TLS)
	a, _ := server(t, Options{Receiver: make(inbox, 1), Security: certs, Limits: Limits{ConnQueue: 64 << 20, TotalQueue: 64 << 20}}, flow.TLS)
	body := strings.Repeat("x", 3000)
	text := strings.Replace(message, "Content-Length: 0\r\n\r\n", "Content-Length: 3000\r\n\r\n"+body, 1)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for range each {
				if err := a.Send(flow.Flow{Proto: flow.TLS, Remote: at[0].Addr}, []byte(text)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for range senders * each {
		if p := <-far; p.Data != text {
			t.Fatalf("%q", p.Data)
		}
	}
}

// TestNoSecurity: without certificates there is no TLS socket and no TLS connection.
func TestNoSecurity(t *testing.T) {
	if err := New(Options{}).Listen(socket(flow.TLS, 0)); !errors.Is(err, ErrNoSecurity) {
		t.Error(err)
	}
}

// BenchmarkTLSEcho is BenchmarkTCPEcho over TLS: what sealing and opening a message costs. The client's share is in it.
func BenchmarkTLSEcho(b *testing.B) {
	certs := newCertificates(b, "127.0.0.1")
	e := &echo{data: []byte(message)}
	e.set = New(Options{Receiver: e, Security: certs})
	at := socket(flow.TLS, 0)
	if err := e.set.Listen(at); err != nil {
		b.Fatal(err)
	}
	e.set.Start()
	b.Cleanup(func() { closeSet(b, e.set) })
	benchmarkEcho(b, tls.Client(dial(b, RealNet{}, at), certs.client))
}
