package fakenet

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
)

// Net is a simulated network. It has no lock and no goroutine: one goroutine at a time may
// use it and its nodes.
type Net struct {
	// Trace is called with a line for each event, if it is set.
	Trace func(line string)
	// ConnectTimeout is how long a connection that nobody answers takes to fail; 5 s from New.
	ConnectTimeout time.Duration

	clock *clock.Manual
	start time.Time
	rng   *rand.Rand
	queue events
	seq   uint64

	nodes  map[endpoint]*Node
	links  map[pair]Link
	all    Link // of pairs without their own
	cut    map[pair]bool
	ends   map[flow.ConnID]*end
	lastID flow.ConnID
}

// endpoint is an address at which a node listens.
type endpoint struct {
	proto flow.Proto
	addr  netip.AddrPort
}

// pair is a direction between two hosts.
type pair struct{ from, to netip.Addr }

// New makes an empty network. What is random comes from the seed; time is the clock's, which
// Step moves.
func New(seed uint64, c *clock.Manual) *Net {
	return &Net{
		ConnectTimeout: 5 * time.Second,
		clock:          c,
		start:          c.Now(),
		rng:            rand.New(rand.NewPCG(seed, seed)),
		nodes:          map[endpoint]*Node{},
		links:          map[pair]Link{},
		all:            Link{Delay: time.Millisecond},
		cut:            map[pair]bool{},
		ends:           map[flow.ConnID]*end{},
	}
}

// Now is the instant of the simulation.
func (n *Net) Now() time.Time { return n.clock.Now() }

// At runs fn in a Step, when the simulation reaches the instant t; one that has passed is now.
// Timers of the servers join the simulation this way.
func (n *Net) At(t time.Time, fn func()) {
	if now := n.Now(); t.Before(now) {
		t = now
	}
	n.seq++
	heap.Push(&n.queue, event{at: t, seq: n.seq, run: fn})
}

// After is At, d from now.
func (n *Net) After(d time.Duration, fn func()) { n.At(n.Now().Add(d), fn) }

// Next is the instant of the next event; ok is false if there is none.
func (n *Net) Next() (at time.Time, ok bool) {
	if len(n.queue) == 0 {
		return time.Time{}, false
	}
	return n.queue[0].at, true
}

// Step moves the clock to the next event and runs it. It is false if there is none.
func (n *Net) Step() bool {
	if len(n.queue) == 0 {
		return false
	}
	e := heap.Pop(&n.queue).(event)
	if d := e.at.Sub(n.Now()); d > 0 {
		n.clock.Advance(d)
	}
	e.run()
	return true
}

// Run steps through the next d of the simulation's time, and leaves the clock at its end.
func (n *Net) Run(d time.Duration) {
	until := n.Now().Add(d)
	for {
		at, ok := n.Next()
		if !ok || at.After(until) {
			break
		}
		n.Step()
	}
	if rest := until.Sub(n.Now()); rest > 0 {
		n.clock.Advance(rest)
	}
}

func (n *Net) trace(format string, args ...any) {
	if n.Trace == nil {
		return
	}
	n.Trace(fmt.Sprintf("%v ", n.Now().Sub(n.start)) + fmt.Sprintf(format, args...))
}

// event is something that happens at an instant. Those of one instant happen in the order in
// which they were entered.
type event struct {
	at  time.Time
	seq uint64
	run func()
}

type events []event

func (e events) Len() int { return len(e) }

func (e events) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].seq < e[j].seq
	}
	return e[i].at.Before(e[j].at)
}

func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

func (e *events) Push(x any) { *e = append(*e, x.(event)) }

func (e *events) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = event{}
	*e = (*e)[:last]
	return x
}
