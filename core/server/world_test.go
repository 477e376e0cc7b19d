package server

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// world is a server and one peer on a network in memory, with a clock that is moved by hand.
type world struct {
	t      *testing.T
	server *Server
	net    *fakenet.Net
	peer   *fakenet.Node
	peerAt *flow.Socket
	local  *flow.Socket
	got    []string // what came to the peer
	log    strings.Builder
}

// routes is a script in Go: the function of each kind of route, or nil for none.
type routes map[route.Kind]func(*route.Call) route.Outcome

func (r routes) Has(k route.Kind) bool { return r[k] != nil }

func (r routes) Run(c *route.Call) route.Outcome {
	if r[c.Kind] == nil {
		return route.Absent
	}
	return r[c.Kind](c)
}

// later is a sender that is known only after the server.
type later struct{ transport.Sender }

func newWorld(t *testing.T, script routes, change ...func(*Options)) *world {
	w := &world{t: t}
	c := clock.NewManual(time.Unix(1_000_000, 0))
	w.net = fakenet.New(1, c)
	w.local = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.1:5060"), 0)
	w.peerAt = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.7:5060"), 0)
	sender := &later{}
	o := Options{
		Script: script, Log: log.New(&w.log, log.Debug, false), Clock: c, Sockets: []*flow.Socket{w.local}, Sender: sender,
		Aliases: []Alias{{Host: "home.example"}, {Host: "ported.example", Port: 5070}, {Host: "2001:db8::1"}, {Host: "[2001:db8::2]"}},
		Shards:  2, TM: tm.NewParams(tm.DefaultValues()), ServerHeader: "Server: test",
	}
	for _, f := range change {
		f(&o)
	}
	w.server = New(o)
	node, err := w.net.Attach(w.server, w.local)
	if err != nil {
		t.Fatal(err)
	}
	sender.Sender = node
	w.peer, err = w.net.Attach(fakenet.Handler(func(p transport.Packet) { w.got = append(w.got, p.Data) }), w.peerAt)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// send puts a message of the peer on the network and lets all that follows at once happen.
func (w *world) send(text string) {
	w.t.Helper()
	data := []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	if err := w.peer.Send(flow.Flow{Proto: flow.UDP, Local: w.peerAt, Remote: w.local.Addr}, data); err != nil {
		w.t.Fatal(err)
	}
	w.net.Run(100 * time.Millisecond)
	w.server.Tick()
}

// last is the last message that came to the peer, "" if none.
func (w *world) last() string {
	if len(w.got) == 0 {
		return ""
	}
	return w.got[len(w.got)-1]
}

const options = `OPTIONS sip:192.0.2.1 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKo1
From: <sip:a@a.example>;tag=1
To: <sip:b@home.example>
Call-ID: c1
CSeq: 1 OPTIONS
Content-Length: 0

`
