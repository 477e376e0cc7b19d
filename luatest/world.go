package luatest

import (
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/kemi"
)

// world is a server with its peers, on a network in memory and by a clock that stands still
// until advance. Messages take no time.
type world struct {
	clock  *clock.Manual
	start  time.Time
	net    *fakenet.Net
	server *kemi.Server
	node   *fakenet.Node
	tasks  tasks
	inbox  inbox

	peers   []*peer
	wire    []packet // all that was sent, in order
	routes  []*routeRun
	failed  int // of routes
	logs    *record
	opened  databases
	names   *names
	web     *webStub
	number  int // of the last dialog that was begun
	until   time.Time
	closing bool
}

// packet is one message on the network.
type packet struct {
	at       time.Duration // since the world began
	proto    flow.Proto
	from, to netip.AddrPort
	text     string
}

// maxEvents bounds what may happen at one instant: past it messages or timers go round in circles.
const maxEvents = 50000

func newWorld(seed uint64, start, until time.Time) *world {
	w := &world{
		clock: clock.NewManual(start), start: start, until: until, logs: new(record), web: new(webStub),
		tasks: tasks{sleeping: map[*task]struct{}{}}, inbox: inbox{some: make(chan struct{}, 1)},
	}
	w.net = fakenet.New(seed, w.clock)
	w.net.SetAll(fakenet.Link{})
	w.names = new(names)
	return w
}

// elapsed is how far the clock has been moved.
func (w *world) elapsed() time.Duration { return w.clock.Now().Sub(w.start) }

// settle lets happen what happens at this instant.
func (w *world) settle() error {
	for range maxEvents {
		if w.tasks.crashed != "" {
			return failf("the server panicked: %s", w.tasks.crashed)
		}
		if time.Now().After(w.until) {
			return errTooLong
		}
		if !w.step() {
			return nil
		}
	}
	return failf("%d things happened at the same instant and there is no end: do messages go round in circles?", maxEvents)
}

// step does one thing that is due, and is false if nothing is.
func (w *world) step() bool {
	if f, ok := w.inbox.take(); ok {
		w.tasks.run(f)
		return true
	}
	now := w.clock.Now()
	at, more := w.net.Next()
	due, armed := w.nextTimer()
	switch {
	case more && !at.After(now):
		w.net.Step()
	case armed && !due.After(now):
		w.tasks.run(w.server.Core.Tick)
	default:
		return false
	}
	return true
}

// nextTimer is when a shard's wheel has work next.
func (w *world) nextTimer() (due time.Time, armed bool) {
	for _, sh := range w.server.Core.Shards() {
		if at, ok := sh.Wheel.Next(); ok && (!armed || at.Before(due)) {
			due, armed = at, true
		}
	}
	return due, armed
}

// next is the next instant at which something happens.
func (w *world) next() (at time.Time, ok bool) {
	at, ok = w.net.Next()
	if due, armed := w.nextTimer(); armed && (!ok || due.Before(at)) {
		return due, true
	}
	return at, ok
}

// advance moves the clock by d and lets all happen that happens meanwhile.
func (w *world) advance(d time.Duration) error {
	return w.advanceTo(w.clock.Now().Add(d), func() bool { return false })
}

// advanceTo moves the clock to an instant, or until enough is true.
func (w *world) advanceTo(end time.Time, enough func() bool) error {
	for {
		if err := w.settle(); err != nil || enough() {
			return err
		}
		at, ok := w.next()
		if !ok || at.After(end) {
			w.clock.Advance(max(0, end.Sub(w.clock.Now())))
			return nil
		}
		w.clock.Advance(max(0, at.Sub(w.clock.Now())))
	}
}

// Modules that work in the background (msilo, say) take some of the machine's time until what they
// do shows: they are waited for while their databases are busy, and a little longer.
const (
	patience = 20 * time.Second
	turn     = 5 * time.Millisecond
	quiet    = 60 // turns; they are counted because a machine that stands still does no work in the background either
)

// await waits until enough is true: at this instant, within so much of the world's time, and
// as long as work in the background may take.
func (w *world) await(within time.Duration, enough func() bool) error {
	if err := w.advanceTo(w.clock.Now().Add(within), enough); err != nil || enough() || w.server.Working() == 0 {
		return err
	}
	end, last := time.Now().Add(patience), w.opened.activity(w.server)
	for calm := 0; calm < quiet && !enough() && time.Now().Before(end); calm++ {
		select {
		case <-w.inbox.some:
			calm = 0
		case <-time.After(turn):
		}
		if now := w.opened.activity(w.server); now != last {
			last, calm = now, 0
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
	return nil
}

// close ends the server and all that waits.
func (w *world) close() {
	w.closing = true
	w.tasks.wakeAll()
	if w.server != nil {
		w.server.Stop()
	}
	w.opened.remove()
}

// border is the server's way in.
type border struct{ w *world }

// Receive implements transport.Receiver.
func (b border) Receive(p transport.Packet, _ transport.Carrier) bool {
	b.w.tasks.run(func() { b.w.server.Core.Receive(p, nil) })
	return false
}

// exit is the server's way out.
type exit struct{ w *world }

// LocalSocket implements transport.Sender.
func (e exit) LocalSocket(p flow.Proto, preferred *flow.Socket, remote netip.AddrPort) *flow.Socket {
	return e.w.node.LocalSocket(p, preferred, remote)
}

// Send implements transport.Sender.
func (e exit) Send(f flow.Flow, data []byte) error {
	return e.SendWith(f, data, transport.SendOptions{})
}

// SendWith implements transport.Sender.
func (e exit) SendWith(f flow.Flow, data []byte, o transport.SendOptions) error {
	if e.w.closing {
		return errOver
	}
	if local := e.LocalSocket(f.Proto, f.Local, f.Remote); local != nil {
		e.w.note(f.Proto, local.Addr, f.Remote, string(data))
	}
	return e.w.node.SendWith(f, data, o)
}

func (w *world) note(p flow.Proto, from, to netip.AddrPort, text string) {
	w.wire = append(w.wire, packet{w.elapsed(), p, from, to, text})
}
