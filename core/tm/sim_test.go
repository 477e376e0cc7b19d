package tm

import (
	"container/heap"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// The simulation runs callers and callees on a network that loses, doubles and reorders, with
// random CANCELs, forks and serial forking. All randomness comes from one seed.

// sim is such a network with the table in its middle.
type sim struct {
	*world
	rng   *rand.Rand
	queue events
	seq   int
	trace uint64
	calls map[string]*simCall
	loss  float64

	known, acked map[string]bool   // of the callees, by host and branch
	ringing      map[string]string // INVITEs that are not answered yet
}

// event is something that happens at an instant; equal instants keep their order.
type event struct {
	at  time.Duration
	seq int
	do  func()
}

type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(event)) }
func (q *events) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

func (s *sim) now() time.Duration { return s.clock.Now().Sub(s.start) }

func (s *sim) after(d time.Duration, do func()) {
	s.seq++
	heap.Push(&s.queue, event{s.now() + d, s.seq, do})
}

// Send implements Sender: packets may be lost or doubled, and are up to 300 ms late.
func (s *sim) Send(f flow.Flow, data []byte, _ route.SendMode, _ func(error)) error {
	raw, to := string(data), f.Remote.Addr().String()
	s.wire(func() { s.deliver(to, raw) })
	h := fnv.New64a()
	fmt.Fprint(h, s.trace, s.now(), to, raw)
	s.trace = h.Sum64()
	return nil
}

func (s *sim) SendRequest(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	return s.Send(f, data, mode, fail)
}

func (s *sim) wire(arrive func()) {
	for range 1 + b2i(s.rng.Float64() < 0.1) {
		if s.rng.Float64() >= s.loss {
			s.after(time.Duration(s.rng.Intn(300))*time.Millisecond, arrive)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// simCall is what a caller knows of its call.
type simCall struct {
	id       string
	invite   string
	started  time.Duration
	final    int // first final code
	codes    map[int]bool
	canceled bool
	ended    bool // stopped asking
}

func (s *sim) deliver(to, raw string) {
	if to == peers["alice"] {
		s.atCaller(raw)
		return
	}
	s.atCallee(to, raw)
}

// toServer puts a peer's message on the wire to the table.
func (s *sim) toServer(from, raw string) {
	s.wire(func() { s.atServer(from, raw) })
}

func (s *sim) atServer(from, raw string) {
	m := s.message(from, strings.ReplaceAll(raw, "\r\n", "\n"))
	if !m.IsRequest {
		s.table.Reply(m)
		return
	}
	switch {
	case m.Method == sip.MethodInvite && s.table.Check(m) < 0:
		s.routeCall(m)
	case m.Method == sip.MethodAck, m.Method == sip.MethodCancel && s.table.Check(m) > 0:
		s.table.Relay(m, RelayOptions{})
	}
	s.table.AfterRequest(m)
}

// routeCall forks at random, some calls with a further target in their failure route.
func (s *sim) routeCall(m *route.Message) {
	m.SetURI("sip:x@10.0.0.2")
	for i := range s.rng.Intn(3) {
		m.Branches = append(m.Branches, route.Target{URI: fmt.Sprintf("sip:x@10.0.0.%d", 3+i), Q: route.QUnset})
	}
	if s.rng.Intn(2) == 0 {
		m.Armed.Failure = route.Callback{Name: "next"}
	}
	s.table.Relay(m, RelayOptions{})
}

// call starts a caller: INVITE until something comes, at times a CANCEL.
func (s *sim) call(n int) {
	c := &simCall{id: fmt.Sprintf("call%d", n), codes: map[int]bool{}, started: s.now()}
	c.invite = s.request("INVITE", c.id).Raw
	s.calls[c.id+"@alice"] = c
	s.ask(c, 500*time.Millisecond)
	if s.rng.Intn(4) == 0 {
		s.after(time.Duration(s.rng.Intn(8000))*time.Millisecond, func() {
			if len(c.codes) > 0 && c.final == 0 {
				c.canceled = true
				s.repeatCancel(c, 500*time.Millisecond)
			}
		})
	}
}

func (s *sim) ask(c *simCall, interval time.Duration) {
	if len(c.codes) > 0 || s.now()-c.started > 32*time.Second {
		c.ended = true
		return
	}
	s.toServer("alice", c.invite)
	s.after(interval, func() { s.ask(c, 2*interval) })
}

func (s *sim) repeatCancel(c *simCall, interval time.Duration) {
	if c.final == 0 && interval < 32*time.Second {
		s.toServer("alice", strings.ReplaceAll(s.cancel(c.id), "\n", "\r\n"))
		s.after(interval, func() { s.repeatCancel(c, 2*interval) })
	}
}

// atCaller checks what RFC 3261 allows: one final code, but for 2xx replies that race.
func (s *sim) atCaller(raw string) {
	m, err := sip.Parse(raw)
	if err != nil {
		s.t.Fatalf("the caller cannot read %q: %v", raw, err)
	}
	c := s.calls[m.CallID()]
	if cseq, _ := m.CSeq(); cseq.Method != sip.MethodInvite {
		return
	}
	c.codes[m.Status] = true
	if m.Status < 200 {
		return
	}
	if c.final >= 300 && m.Status >= 300 && m.Status != c.final {
		s.t.Errorf("%s: %d after %d", c.id, m.Status, c.final)
	}
	if c.final == 0 || m.Status < 300 {
		c.final = m.Status
	}
	to, _ := m.To()
	s.toServer("alice", s.ack(c.id, to.Tag, m.Status >= 300).Raw)
}

// atCallee answers an INVITE once, for each copy the same, and a CANCEL with 487 for the INVITE.
func (s *sim) atCallee(host, raw string) {
	m, err := sip.Parse(raw)
	if err != nil {
		s.t.Fatalf("a callee cannot read %q: %v", raw, err)
	}
	via, _ := m.TopVia()
	name, key := nameOf(host), host+via.Branch
	switch m.Method {
	case sip.MethodInvite:
		if !s.known[key] {
			s.known[key] = true
			s.answerCall(name, key, raw)
		}
	case sip.MethodCancel:
		s.toServer(name, s.answer(name, raw, 200).Raw)
		if invite := s.ringing[key]; invite != "" {
			delete(s.ringing, key)
			s.repeatFinal(name, key, s.answer(name, invite, 487).Raw, 500*time.Millisecond)
		}
	case sip.MethodAck:
		s.acked[key] = true
		s.acked[host+m.CallID()] = true // an ACK to a 2xx has another branch
	}
}

// answerCall rings for a while and then answers, or stays silent.
func (s *sim) answerCall(name, key, invite string) {
	s.ringing[key] = invite
	if s.rng.Intn(10) == 0 {
		delete(s.ringing, key)
		return
	}
	s.toServer(name, s.answer(name, invite, 180).Raw)
	code := []int{200, 200, 404, 486, 503, 603}[s.rng.Intn(6)]
	s.after(time.Duration(s.rng.Intn(10000))*time.Millisecond, func() {
		if s.ringing[key] == "" {
			return
		}
		delete(s.ringing, key)
		s.repeatFinal(name, key, s.answer(name, invite, code).Raw, 500*time.Millisecond)
	})
}

// repeatFinal sends a final reply until its ACK or 64*T1, as timers G and H have it.
func (s *sim) repeatFinal(name, key, raw string, interval time.Duration) {
	s.repeatUntil(name, key, raw, interval, s.now()+32*time.Second)
}

func (s *sim) repeatUntil(name, key, raw string, interval, end time.Duration) {
	call := peers[name] + callOf(raw)
	if s.now() > end || s.acked[key] || strings.HasPrefix(raw, "SIP/2.0 2") && s.acked[call] {
		return
	}
	s.toServer(name, raw)
	s.after(interval, func() { s.repeatUntil(name, key, raw, min(2*interval, 4*time.Second), end) })
}

func callOf(raw string) string {
	m, _ := sip.Parse(raw)
	return m.CallID()
}

func nameOf(host string) string {
	for n, h := range peers {
		if h == host {
			return n
		}
	}
	return ""
}

// play runs the network until nothing is left to happen.
func (s *sim) play() {
	for s.queue.Len() > 0 || s.wheel.Len() > 0 {
		next := s.now() + clock.Tick
		if s.queue.Len() > 0 {
			next = max(next, min(s.queue[0].at, next+time.Hour))
		}
		if at, armed := s.wheel.Next(); armed {
			next = min(next, max(at.Sub(s.start), s.now()+clock.Tick))
		}
		s.clock.Advance(next - s.now())
		s.wheel.Advance(s.clock.Now())
		for s.queue.Len() > 0 && s.queue[0].at <= s.now() {
			heap.Pop(&s.queue).(event).do()
		}
	}
}

// simulate plays a number of calls and gives the trace's hash.
func simulate(t *testing.T, seed int64, calls int) uint64 {
	s := &sim{world: newWorld(t, nil), rng: rand.New(rand.NewSource(seed)), calls: map[string]*simCall{}, loss: 0.1}
	s.known, s.acked, s.ringing = map[string]bool{}, map[string]bool{}, map[string]string{}
	s.table.env.Sender = s
	s.table.env.Forward = func(m *route.Message, hop string) error {
		// The route set of these calls is the table alone: every callee of the call gets the ACK.
		raw := string(route.AppendRequest(nil, m, &route.Outgoing{Flow: flow.Flow{Proto: flow.UDP, Local: s.socket}, Branch: cookie + "-end"}))
		for _, name := range []string{"bob", "carol", "dave", "erin"} {
			s.wire(func() { s.deliver(peers[name], raw) })
		}
		return nil
	}
	s.script["next"] = func(c *route.Call) route.Outcome {
		c.Message.SetURI("sip:x@10.0.0.5")
		s.table.Relay(c.Message, RelayOptions{})
		return route.Done
	}
	for n := range calls {
		s.after(time.Duration(s.rng.Intn(calls*10))*time.Millisecond, func() { s.call(n) })
	}
	s.play()
	s.checkEnds()
	return s.trace
}

func (s *sim) checkEnds() {
	if n := s.table.Len(); n != 0 || len(s.table.calls) != 0 {
		s.t.Errorf("left: %d transactions, %d calls", n, len(s.table.calls))
	}
	open := 0
	for _, c := range s.calls {
		if c.final == 0 {
			open++
		}
	}
	// A call may lose all copies of its only 2xx, or of its INVITE; nearly all must end.
	if open*100 > len(s.calls) {
		s.t.Errorf("%d of %d calls have no final reply", open, len(s.calls))
	}
}

// simCalls is how many calls a simulation has: go test -run Simulation -args -calls 100000.
var simCalls = flag.Int("calls", 250, "calls of a simulation")

func TestSimulation(t *testing.T) {
	for seed := range int64(3) {
		first := simulate(t, seed, *simCalls)
		if seed == 0 && simulate(t, seed, *simCalls) != first {
			t.Error("the same seed gave another trace")
		}
	}
}
