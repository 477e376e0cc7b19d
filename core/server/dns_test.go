package server

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
)

// zone is a DNS in memory: addresses by name. Names that begin with "slow" are answered when slow is closed.
type zone struct {
	slow  chan struct{}
	asked chan string // each question for a slow name
}

func newZone() *zone { return &zone{slow: make(chan struct{}), asked: make(chan string, 100)} }

func (z *zone) Ask(ctx context.Context, name string, want resolve.Type) ([]resolve.Record, error) {
	if want != resolve.A {
		return nil, nil
	}
	if strings.HasPrefix(name, "slow") {
		z.asked <- name
		select {
		case <-z.slow:
		case <-ctx.Done():
		}
	}
	if name == "two.test" {
		return []resolve.Record{{TTL: 60, Addr: netip.MustParseAddr("192.0.2.21")}, {TTL: 60, Addr: netip.MustParseAddr("192.0.2.22")}}, nil
	}
	return []resolve.Record{{TTL: 60, Addr: netip.MustParseAddr("192.0.2.20")}}, nil
}

// wire is a sender that tells where requests went.
type wire struct {
	local *flow.Socket
	mu    sync.Mutex
	sent  []sent
	news  chan struct{}
}

type sent struct {
	to   string
	data string
}

func (w *wire) Send(f flow.Flow, data []byte) error {
	return w.SendWith(f, data, transport.SendOptions{})
}

func (w *wire) SendWith(f flow.Flow, data []byte, _ transport.SendOptions) error {
	w.mu.Lock()
	w.sent = append(w.sent, sent{f.Remote.String(), string(data)})
	w.mu.Unlock()
	w.news <- struct{}{}
	return nil
}

func (w *wire) LocalSocket(flow.Proto, *flow.Socket, netip.AddrPort) *flow.Socket { return w.local }

// next is where the next message went.
func (w *wire) next(t *testing.T) sent {
	t.Helper()
	select {
	case <-w.news:
	case <-time.After(2 * time.Minute):
		t.Fatal("nothing was sent")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sent[0]
	w.sent = w.sent[1:]
	return s
}

// namesServer relays each request to its request URI, with a DNS in memory.
type namesServer struct {
	*Server
	wire  *wire
	clock *clock.Manual
	local *flow.Socket
	calls atomic.Int64
}

func newNamesServer(z *zone, limits shard.Limits) *namesServer {
	x := &namesServer{clock: clock.NewManual(time.Unix(1_000_000, 0))}
	x.local = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.1:5060"), 0)
	x.wire = &wire{local: x.local, news: make(chan struct{}, 100)}
	script := routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		tb := x.Table(c.Message.Shard)
		if rc := tb.Relay(c.Message, tm.RelayOptions{}); rc < 0 {
			tb.Reply(c.Message)
		}
		return route.Done
	}}
	v := resolve.DefaultValues()
	v.Failover = true
	x.Server = New(Options{
		Script: script, Log: log.Discard(), Clock: x.clock, Sockets: []*flow.Socket{x.local}, Sender: x.wire, Shards: 1,
		TM: tm.NewParams(tm.DefaultValues()), Limits: limits, Resolver: resolve.New(resolve.Options{Values: v, Source: z, Clock: x.clock}),
	})
	return x
}

// ask sends an OPTIONS request for a host, in a call of its own.
func (x *namesServer) ask(host string) {
	id := strconv.FormatInt(x.calls.Add(1), 10)
	text := strings.NewReplacer("\n", "\r\n", "sip:192.0.2.1", "sip:"+host, "c1", "call-"+id, "z9hG4bKo1", "z9hG4bK"+id).Replace(options)
	x.Receive(transport.Packet{Data: text, Flow: flow.Flow{Proto: flow.UDP, Local: x.local, Remote: callerAddr}}, relieve{})
}

type relieve struct{}

func (relieve) Relieve() {}

// TestSlowNames: a name that takes long holds up its own calls only.
func TestSlowNames(t *testing.T) {
	z := newZone()
	x := newNamesServer(z, shard.Limits{})
	var all sync.WaitGroup
	for _, host := range []string{"slow1.test", "slow2.test"} {
		all.Go(func() { x.ask(host) })
		<-z.asked
	}
	for range 3 {
		x.ask("192.0.2.9")
		if s := x.wire.next(t); s.to != "192.0.2.9:5060" {
			t.Errorf("sent to %s", s.to)
		}
		x.ask("fast.test")
		if s := x.wire.next(t); s.to != "192.0.2.20:5060" {
			t.Errorf("sent to %s", s.to)
		}
	}
	close(z.slow)
	all.Wait()
	for range 2 {
		if s := x.wire.next(t); s.to != "192.0.2.20:5060" || !strings.Contains(s.data, "sip:slow") {
			t.Errorf("sent to %s", s.to)
		}
	}
}

// TestTooManySlowNames: when as many requests wait as may, further names fail rather than hold up the shard.
func TestTooManySlowNames(t *testing.T) {
	z := newZone()
	x := newNamesServer(z, shard.Limits{Waiting: 1})
	var all sync.WaitGroup
	all.Go(func() { x.ask("slow1.test") })
	<-z.asked
	x.ask("slow2.test")
	if s := x.wire.next(t); !strings.HasPrefix(s.data, "SIP/2.0 478 ") {
		t.Errorf("got %s", s.data)
	}
	if n := x.Stats.LookupsRefused.Load(); n != 1 {
		t.Errorf("counted %d", n)
	}
	close(z.slow)
	all.Wait()
	if s := x.wire.next(t); s.to != "192.0.2.20:5060" {
		t.Errorf("sent to %s", s.to)
	}
}

// TestNextAddress goes on to the next address after a 503 and after a silence, and begins with the first one again.
func TestNextAddress(t *testing.T) {
	x := newNamesServer(newZone(), shard.Limits{})
	for range 2 {
		x.ask("two.test")
		first := x.wire.next(t)
		if first.to != "192.0.2.21:5060" {
			t.Fatalf("sent to %s", first.to)
		}
		x.clock.Advance(31 * time.Second)
		x.Tick()
		second := x.wire.next(t)
		for second.to == first.to { // repetitions
			second = x.wire.next(t)
		}
		if second.to != "192.0.2.22:5060" {
			t.Errorf("then to %s", second.to)
		}
		x.clock.Advance(40 * time.Second)
		x.Tick()
		for !strings.HasPrefix(x.wire.next(t).data, "SIP/2.0 408 ") {
		}
		x.clock.Advance(10 * time.Second)
		x.Tick()
	}
}
