package server

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
)

// closedPort is a port of the loopback address where nobody listens.
func closedPort(t *testing.T) netip.AddrPort {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return netip.MustParseAddrPort(l.Addr().String())
}

// TestRefusedConnection: a request hears of a refusal at once, and the peer comes onto the blocklist.
func TestRefusedConnection(t *testing.T) {
	local := flow.NewSocket(flow.TCP, netip.MustParseAddrPort("127.0.0.1:0"), 0)
	s := New(Options{
		Script: routes{}, Log: log.Discard(), Sockets: []*flow.Socket{local}, Shards: 1, TM: tm.NewParams(tm.DefaultValues()),
		Blocklist: blocklist.Options{On: true}, ConnectWait: 5 * time.Second,
	})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Stop(time.Second)
	to := flow.Flow{Proto: flow.TCP, Local: local, Remote: closedPort(t)}
	told := make(chan error, 1)
	send := func(mode route.SendMode) (err error) {
		s.shards[0].Do(func() {
			err = s.sendRequest(s.shards[0], to, []byte("x"), mode, func(err error) { told <- err })
		})
		return err
	}
	var ignoring route.SendMode
	ignoring.Ignore(uint8(blocklist.Connect | blocklist.Send))
	for _, mode := range []route.SendMode{ignoring, 0} {
		if err := send(mode); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatal(err)
		}
		<-told
		if listed := s.Blocklist().Listed(to) == blocklist.Connect|blocklist.Send; listed != (mode == 0) {
			t.Errorf("mode %d: listed %v", mode, listed)
		}
	}
}

// TestForwardPassesOverTheBlocked: stateless forwarding asks the list too.
func TestForwardPassesOverTheBlocked(t *testing.T) {
	var err error
	var w *world
	w = newWorld(t, routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		err = w.server.Forward(w.server.shards[c.Message.Shard], c.Message, "sip:192.0.2.7")
		return route.Done
	}}, func(o *Options) { o.Blocklist.On = true })
	w.server.Blocklist().Add(flow.Flow{Proto: flow.UDP, Remote: w.peerAt.Addr}, blocklist.Admin, 0)
	w.send(options)
	if !errors.Is(err, ErrBlocked) || len(w.got) != 0 {
		t.Errorf("%v, %q", err, w.got)
	}
}

// silent is a network whose peers never answer an attempt to connect.
type silent struct{ transport.RealNet }

func (silent) DialTCP(ctx context.Context, _, _ netip.AddrPort) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestCrowdedShardAwaitsNoConnection: where as many jobs wait as may, a request is sent on without waiting for its connection, so
// that no other call waits for that.
func TestCrowdedShardAwaitsNoConnection(t *testing.T) {
	local := flow.NewSocket(flow.TCP, netip.MustParseAddrPort("127.0.0.1:0"), 0)
	s := New(Options{
		Script: routes{}, Log: log.Discard(), Sockets: []*flow.Socket{local}, Shards: 1, TM: tm.NewParams(tm.DefaultValues()),
		ConnectWait: time.Hour, Limits: shard.Limits{Waiting: 1}, Transport: transport.Options{Net: silent{}},
	})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Stop(time.Second)
	sh := s.shards[0]
	waits, end, sent := make(chan struct{}), make(chan struct{}), make(chan error)
	go sh.Do(func() { sh.Wait(func() { close(waits); <-end }) })
	<-waits
	go sh.Do(func() {
		to := flow.Flow{Proto: flow.TCP, Local: local, Remote: netip.MustParseAddrPort("192.0.2.9:5060")}
		sent <- s.sendRequest(sh, to, []byte("x"), 0, nil)
	})
	select {
	case err := <-sent:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the shard waits for a connection")
	}
	close(end)
}

// forwarding is a server on loopback that passes requests on to a UDP peer without a transaction.
func forwarding(t *testing.T, stream *flow.Socket) net.PacketConn {
	peer, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	var s *Server
	script := routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		if err := s.Forward(s.shards[c.Message.Shard], c.Message, "sip:"+peer.LocalAddr().String()); err != nil {
			t.Error(err)
		}
		return route.Done
	}}
	datagrams := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("127.0.0.1:0"), 1)
	s = New(Options{Script: script, Log: log.Discard(), Sockets: []*flow.Socket{stream, datagrams}, TM: tm.NewParams(tm.DefaultValues())})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(time.Second) })
	return peer
}

// echo answers one request with 200.
func echo(t *testing.T, peer net.PacketConn) {
	buf := make([]byte, 4096)
	_ = peer.SetReadDeadline(time.Now().Add(30 * time.Second))
	n, from, err := peer.ReadFrom(buf)
	if err != nil {
		t.Fatal(err)
	}
	_, headers, _ := strings.Cut(string(buf[:n]), "\r\n")
	if _, err := peer.WriteTo([]byte("SIP/2.0 200 OK\r\n"+headers), from); err != nil {
		t.Fatal(err)
	}
}

// TestReplyOverItsConnection: a reply without a transaction goes back over the connection of its request, whatever port and
// connection the client's Via names.
func TestReplyOverItsConnection(t *testing.T) {
	stream := flow.NewSocket(flow.TCP, netip.MustParseAddrPort("127.0.0.1:0"), 0)
	peer := forwarding(t, stream)
	var clients [2]net.Conn
	for i := range clients {
		c, err := net.Dial("tcp4", stream.Addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		clients[i] = c
	}
	for _, more := range []string{"", ";i=1", ";i=2", ";i=zz"} {
		for i, c := range clients {
			request := strings.Replace(options, "UDP 192.0.2.7", "TCP 127.0.0.1:9"+more, 1)
			if _, err := c.Write([]byte(strings.ReplaceAll(request, "\n", "\r\n"))); err != nil {
				t.Fatal(err)
			}
			echo(t, peer)
			buf := make([]byte, 4096)
			_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
			if n, err := c.Read(buf); err != nil || !strings.HasPrefix(string(buf[:n]), "SIP/2.0 200 ") {
				t.Fatalf("client %d with %q: %q, %v", i, more, buf[:n], err)
			}
		}
	}
}
