package sim

import (
	"net/netip"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
)

// reader brings the packets of one socket, as the transports do: when a script waits, another
// goroutine goes on with the socket.
type reader struct {
	to      *server.Server
	local   *flow.Socket
	packets chan string
	at      netip.AddrPort
	running *sync.WaitGroup
}

func (r *reader) loop() {
	for data := range r.packets {
		p := transport.Packet{Data: data, Flow: flow.Flow{Proto: flow.UDP, Local: r.local, Remote: r.at}}
		if r.to.Receive(p, r) {
			return
		}
	}
}

// Relieve implements transport.Carrier.
func (r *reader) Relieve() { r.running.Go(r.loop) }

// quiet is a sender that drops everything.
type quiet struct{ local *flow.Socket }

func (quiet) Send(flow.Flow, []byte) error                                        { return nil }
func (quiet) SendWith(flow.Flow, []byte, transport.SendOptions) error             { return nil }
func (q quiet) LocalSocket(flow.Proto, *flow.Socket, netip.AddrPort) *flow.Socket { return q.local }

// conversation is what the script sees of one call. It has no lock: the shard owns it, and the
// race detector watches.
type conversation struct {
	inside bool
	last   map[string]uint32 // by sender: the number of its last message
}

// orderScript checks that one message of a call is in hand at a time and that those of one sender come in order.
type orderScript struct {
	t      *testing.T
	server *server.Server
	calls  map[string]*conversation
	gates  chan chan struct{}
	seen   atomic.Int64
}

func (s *orderScript) Has(k route.Kind) bool { return k == route.RequestRoute }

func (s *orderScript) Run(c *route.Call) route.Outcome {
	m := c.Message
	x := s.calls[m.CallID()]
	from, _ := m.From()
	cseq, _ := m.CSeq()
	if x.inside {
		s.t.Errorf("%s: two messages at once", m.CallID())
	}
	x.inside = true
	if last := x.last[from.Tag]; cseq.Number != last+1 {
		s.t.Errorf("%s: message %d of %s after %d", m.CallID(), cseq.Number, from.Tag, last)
	}
	x.last[from.Tag] = cseq.Number
	tb := s.server.Table(m.Shard)
	tb.New(m)
	for range (m.CallHash>>8 + uint64(cseq.Number)) % 3 { // none, once or twice
		s.wait(s.server.Shards()[m.Shard])
	}
	tm.Of(m).Reply(m, 200, "OK")
	x.inside = false
	s.seen.Add(1)
	return route.Done
}

// wait lets go of the shard until somebody else has opened a gate.
func (s *orderScript) wait(sh *shard.Shard) {
	sh.Wait(func() {
		gate := make(chan struct{})
		s.gates <- gate
		<-gate
	})
}

// openGates lets waiting scripts go on, a few at a time, the last first.
func (s *orderScript) openGates() {
	var shut []chan struct{}
	for gate := range s.gates {
		shut = append(shut, gate)
		runtime.Gosched()
		if len(shut) < 8 && len(s.gates) > 0 {
			continue
		}
		for i := len(shut) - 1; i >= 0; i-- {
			close(shut[i])
		}
		shut = shut[:0]
	}
}

const (
	orderReaders  = 6
	orderCalls    = 40
	orderMessages = 30
)

// TestOrderUnderConcurrency brings messages of many calls from several goroutines, two of
// which share each call, while timers run and scripts wait.
func TestOrderUnderConcurrency(t *testing.T) {
	s := &orderScript{t: t, calls: map[string]*conversation{}, gates: make(chan chan struct{}, 1000)}
	for n := range orderCalls {
		s.calls["c"+strconv.Itoa(n)] = &conversation{last: map[string]uint32{}}
	}
	c := clock.NewManual(time.Unix(1_000_000, 0))
	local := flow.NewSocket(flow.UDP, proxyAt, 0)
	s.server = server.New(server.Options{
		Script: s, Log: log.Discard(), Clock: c, Sockets: []*flow.Socket{local}, Sender: quiet{local}, Shards: 3,
		TM: tm.NewParams(tm.DefaultValues()), Limits: shard.Limits{Held: 1000, Waiting: 16},
	})
	stop := make(chan struct{})
	var others, readers sync.WaitGroup
	others.Go(s.openGates)
	others.Go(func() { moveTime(c, s.server, stop) })
	for r := range orderReaders {
		x := &reader{to: s.server, local: local, packets: make(chan string, 16), at: callersAt, running: &readers}
		readers.Go(x.loop)
		others.Go(func() { x.talk(r) })
	}
	const want = orderReaders * orderMessages * orderCalls / (orderReaders / 2)
	waitFor(t, func() bool { return s.seen.Load() == want || t.Failed() })
	readers.Wait()
	close(stop)
	close(s.gates)
	others.Wait()
	s.checkOrder(t, c, want)
}

// talk sends the messages of a third of the calls, each call's in order.
func (r *reader) talk(sender int) {
	for n := 1; n <= orderMessages; n++ {
		for call := sender % (orderReaders / 2); call < orderCalls; call += orderReaders / 2 {
			id, tag := "c"+strconv.Itoa(call), "s"+strconv.Itoa(sender)
			r.packets <- "INFO sip:x@proxy.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.0.1;branch=z9hG4bK" + id + tag + strconv.Itoa(n) +
				"\r\nFrom: <sip:a@b>;tag=" + tag + "\r\nTo: <sip:b@b>;tag=x\r\nCall-ID: " + id + "\r\nCSeq: " + strconv.Itoa(n) + " INFO\r\n\r\n"
		}
	}
	close(r.packets)
}

// moveTime runs the timers until stop is closed.
func moveTime(c *clock.Manual, s *server.Server, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			c.Advance(clock.Tick)
			s.Tick()
			runtime.Gosched()
		}
	}
}

// waitFor is for what other goroutines do in real time.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("it takes too long")
		}
	}
}

func (s *orderScript) checkOrder(t *testing.T, c *clock.Manual, want int64) {
	c.Advance(time.Minute)
	waits := uint64(0)
	for _, sh := range s.server.Shards() {
		waits += sh.Stats.Waits.Load()
		if n := sh.Stats.HeldOver.Load() + sh.Stats.Overload.Load(); n != 0 {
			t.Errorf("shard %d dropped %d messages", sh.ID, n)
		}
	}
	if n := s.seen.Load(); n != want || waits == 0 {
		t.Errorf("%d messages of %d, %d waits", n, want, waits)
	}
	for i, sh := range s.server.Shards() {
		sh.Tick()
		sh.Do(func() {
			n := 0
			s.server.Table(i).Each(func(*tm.Transaction) bool { n++; return true })
			if n != 0 || sh.Wheel.Len() != 0 {
				t.Errorf("shard %d: %d transactions and %d timers are left", i, n, sh.Wheel.Len())
			}
		})
	}
	t.Logf("%d messages, %d waits", want, waits)
}
