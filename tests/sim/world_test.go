package sim

import (
	"hash/crc32"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// The addresses of the simulation. Callees have addresses from calleesAt on.
var (
	proxyAt   = netip.MustParseAddrPort("192.0.2.1:5060")
	callersAt = netip.MustParseAddrPort("10.1.0.1:5060")
	calleesAt = netip.MustParseAddrPort("10.2.0.1:5060")
)

// world is a proxy, its callers and callees on a network in memory. One goroutine runs it all.
type world struct {
	t       testing.TB
	rng     *rand.Rand // what the peers do
	clock   *clock.Manual
	start   time.Time
	net     *fakenet.Net
	server  *server.Server
	local   *flow.Socket
	log     *logLines
	watch   watcher // of what passes the proxy's border
	trace   uint64
	packets int
}

// watcher sees each message that comes to the proxy and each that leaves it.
type watcher interface {
	in(p transport.Packet)
	out(f flow.Flow, data string)
}

// logLines counts what the server has to complain about.
type logLines struct{ last string }

func (l *logLines) Write(p []byte) (int, error) {
	l.last = string(p)
	return len(p), nil
}

// settings are what a world can be given besides its seed.
type settings struct {
	seed   uint64
	values tm.Values
	link   fakenet.Link
	shards int
}

// rfcTimers are parameters with the times of RFC 3261 and RFC 6026: 64*T1 for timers B, F, H,
// and for D, I, J, K and L.
func rfcTimers() tm.Values {
	v := tm.DefaultValues()
	v.FrTimer, v.WtTimer, v.FrInvTimer = 32000, 32000, 180000
	v.MaxInvLifetime, v.MaxNonInvLifetime = 600000, 64000
	return v
}

func newWorld(t testing.TB, script route.Script, s settings) *world {
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(s.seed, 7)), start: time.Unix(1_000_000, 0), log: new(logLines),
		local: flow.NewSocket(flow.UDP, proxyAt, 0), watch: nobody{},
	}
	w.clock = clock.NewManual(w.start)
	w.net = fakenet.New(s.seed, w.clock)
	w.net.SetAll(s.link)
	tcp := flow.NewSocket(flow.TCP, proxyAt, 1)
	node, err := w.net.Attach(border{w}, w.local, tcp)
	if err != nil {
		t.Fatal(err)
	}
	w.server = server.New(server.Options{
		Script: script, Log: log.New(w.log, log.Warn, false), Clock: w.clock, Sockets: []*flow.Socket{w.local, tcp},
		Sender: exit{node, w}, Shards: max(s.shards, 1), TM: tm.NewParams(s.values), Seed: s.seed + 1,
	})
	return w
}

// peer is a node with one socket that speaks to the proxy.
type peer struct {
	w    *world
	node *fakenet.Node
	at   *flow.Socket
}

func (w *world) attach(at netip.AddrPort, receive func(data string)) *peer {
	p := &peer{w: w, at: flow.NewSocket(flow.UDP, at, 0)}
	node, err := w.net.Attach(fakenet.Handler(func(x transport.Packet) { receive(x.Data) }), p.at)
	if err != nil {
		w.t.Fatal(err)
	}
	p.node = node
	return p
}

func (p *peer) send(text string) {
	if err := p.node.Send(flow.Flow{Proto: flow.UDP, Local: p.at, Remote: proxyAt}, []byte(text)); err != nil {
		p.w.t.Fatal(err)
	}
}

func (w *world) now() time.Duration { return w.clock.Now().Sub(w.start) }

// between is a random time.
func (w *world) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.rng.Int64N(int64(to-from)))
}

// step goes to the next event of the network or of the server's timers, and is false if there is none.
func (w *world) step() bool {
	at, more := w.net.Next()
	due, armed := w.nextTimer()
	switch {
	case !more && !armed:
		return false
	case armed && (!more || !due.After(at)):
		w.clock.Advance(max(0, due.Sub(w.clock.Now())))
		w.server.Tick()
	default:
		w.net.Step()
	}
	return true
}

// nextTimer is the next instant that a shard's wheel has work.
func (w *world) nextTimer() (due time.Time, armed bool) {
	for _, sh := range w.server.Shards() {
		if at, ok := sh.Wheel.Next(); ok && (!armed || at.Before(due)) {
			due, armed = at, true
		}
	}
	return due, armed
}

// until runs the world until an instant.
func (w *world) until(at time.Duration) {
	for {
		next, more := w.net.Next()
		due, armed := w.nextTimer()
		if armed && (!more || due.Before(next)) {
			next, more = due, true
		}
		if !more || next.Sub(w.start) > at {
			break
		}
		w.step()
	}
	w.clock.Advance(max(0, at-w.now()))
}

// timers is how many are armed.
func (w *world) timers() (n int) {
	for _, sh := range w.server.Shards() {
		n += sh.Wheel.Len()
	}
	return n
}

// transactions is how many the tables hold.
func (w *world) transactions() (n int) {
	for i := range w.server.Shards() {
		w.server.Table(i).Each(func(*tm.Transaction) bool { n++; return true })
	}
	return n
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record adds one message to the trace.
func (w *world) record(direction byte, remote netip.AddrPort, data []byte) {
	w.packets++
	ip := remote.Addr().As4()
	sum := crc32.Update(crc32.Update(uint32(direction), castagnoli, ip[:]), castagnoli, data)
	w.trace = (w.trace ^ uint64(w.now()) ^ uint64(sum)) * 0x9e3779b97f4a7c15
	w.trace ^= w.trace >> 29
}

// border is the proxy's way in.
type border struct{ w *world }

func (b border) Receive(p transport.Packet, c transport.Carrier) bool {
	b.w.record('<', p.Flow.Remote, []byte(p.Data))
	b.w.watch.in(p)
	return b.w.server.Receive(p, c)
}

// exit is its way out.
type exit struct {
	*fakenet.Node
	w *world
}

func (e exit) SendWith(f flow.Flow, data []byte, o transport.SendOptions) error {
	e.w.record('>', f.Remote, data)
	e.w.watch.out(f, string(data))
	return e.Node.SendWith(f, data, o)
}

type nobody struct{}

func (nobody) in(transport.Packet)   {}
func (nobody) out(flow.Flow, string) {}
