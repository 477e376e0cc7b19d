package server

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
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
