package tm

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// world is a table with everything around it in hand: a clock that the test moves, a wire
// that keeps what was sent, and script functions by name.
type world struct {
	t       testing.TB
	table   *Table
	params  *Params
	clock   *clock.Manual
	wheel   *clock.Wheel
	socket  *flow.Socket
	tcp     *flow.Socket
	sent    []packet
	broken  map[string]bool // hosts that cannot be sent to
	refuses map[string]bool // hosts that refuse connections: known at once, and reported later too
	names   map[string][]flow.Flow
	script  map[string]func(*route.Call) route.Outcome
	posted  []func()
	fails   []func(error)
	random  uint32
	start   time.Time
}

// packet is one message on the wire.
type packet struct {
	to  string // host of the peer
	raw string
	at  time.Duration
}

// peers have addresses 10.0.0.x.
var peers = map[string]string{"alice": "10.0.0.1", "bob": "10.0.0.2", "carol": "10.0.0.3", "dave": "10.0.0.4", "erin": "10.0.0.5"}

func newWorld(t testing.TB, edit func(*Values)) *world {
	start := time.Unix(1_000_000, 0)
	v := DefaultValues()
	if edit != nil {
		edit(&v)
	}
	w := &world{
		t: t, params: NewParams(v), clock: clock.NewManual(start), wheel: clock.NewWheel(start), start: start,
		socket: flow.NewSocket(flow.UDP, netip.MustParseAddrPort("10.0.0.100:5060"), 0),
		tcp:    flow.NewSocket(flow.TCP, netip.MustParseAddrPort("10.0.0.100:5060"), 1),
		broken: map[string]bool{}, refuses: map[string]bool{}, names: map[string][]flow.Flow{}, script: map[string]func(*route.Call) route.Outcome{},
	}
	w.table = NewTable(Env{
		Shard: 3, Clock: w.clock, Timers: w, Sender: w, Targets: w, Script: w, Params: w.params, Log: log.Discard(),
		Post:     func(_ uint64, f func()) { w.posted = append(w.posted, f) },
		CallHash: callHash,
		Random:   func() uint32 { w.random += 0x10001; return w.random },
		Forward:  w.forward, ServerHeader: "Server: test", UserAgentHeader: "User-Agent: test",
	})
	return w
}

func callHash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

func (w *world) ArmAfter(t *clock.Timer, now time.Time, d time.Duration) { w.wheel.Arm(t, now, d) }
func (w *world) Stop(t *clock.Timer)                                     { w.wheel.Stop(t) }
func (w *world) InCall(_ uint64, j Job)                                  { j.Run() }

func (w *world) Send(f flow.Flow, data []byte, _ route.SendMode, fail func(error)) error {
	host := f.Remote.Addr().String()
	if w.broken[host] {
		return errors.New("unreachable")
	}
	if fail != nil {
		w.fails = append(w.fails, fail)
	}
	w.sent = append(w.sent, packet{to: host, raw: string(data), at: w.clock.Now().Sub(w.start)})
	return nil
}

func (w *world) SendRequest(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	if w.refuses[f.Remote.Addr().String()] {
		w.fails = append(w.fails, fail)
		return errors.New("refused")
	}
	return w.Send(f, data, mode, fail)
}

// reports counts the sends that are to be told of a failure; tellFailure tells one of them.
func (w *world) reports() int { return len(w.fails) }

func (w *world) tellFailure(i int) {
	w.fails[i](errors.New("refused"))
	for _, f := range w.posted {
		f()
	}
	w.posted = nil
}

func (w *world) useBlocklist() {
	w.table.env.Blocklist = blocklist.New(blocklist.Options{On: true, Expire: time.Hour, Clock: w.clock})
}

func (w *world) Targets(uri string, _ *flow.Socket, _ *route.Message) ([]flow.Flow, error) {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return nil, ErrBadURI
	}
	if flows := w.names[u.Host]; flows != nil {
		return flows, nil
	}
	addr, err := netip.ParseAddr(u.Host)
	if err != nil {
		return nil, errors.New("no such host")
	}
	f := flow.Flow{Proto: flow.UDP, Local: w.socket, Remote: netip.AddrPortFrom(addr, 5060)}
	if sip.EqualFold(u.Transport(), "tcp") {
		f.Proto, f.Local = flow.TCP, w.tcp
	}
	return []flow.Flow{f}, nil
}

func (w *world) DefaultSocket(p flow.Proto, _ netip.AddrPort) *flow.Socket {
	if p.Reliable() {
		return w.tcp
	}
	return w.socket
}

func (w *world) forward(m *route.Message, hop string) error {
	if hop == "" {
		hop = m.NextHop()
	}
	flows, err := w.Targets(hop, nil, m)
	if err != nil {
		return err
	}
	raw := route.AppendRequest(nil, m, &route.Outgoing{Flow: flows[0], URI: m.Target.URI, Branch: cookie + "-stateless"})
	return w.Send(flows[0], raw, 0, nil)
}

func (w *world) Run(c *route.Call) route.Outcome {
	f := w.script[c.Callback.Name]
	if f == nil {
		return route.Absent
	}
	return f(c)
}

func (w *world) Has(route.Kind) bool { return false }

// pass moves the clock in small steps, so that each timer fires at its instant.
func (w *world) pass(d time.Duration) {
	end := w.clock.Now().Add(d)
	for w.clock.Now().Before(end) {
		w.clock.Advance(clock.Tick)
		w.wheel.Advance(w.clock.Now())
	}
}

// message makes a received message.
func (w *world) message(from, raw string) *route.Message {
	w.t.Helper()
	parsed, err := sip.Parse(strings.ReplaceAll(raw, "\n", "\r\n"))
	if err != nil {
		w.t.Fatalf("%v in %q", err, raw)
	}
	m := new(route.Message)
	m.Begin(parsed)
	m.Flow = flow.Flow{Proto: flow.UDP, Local: w.socket, Remote: netip.MustParseAddrPort(peers[from] + ":5060")}
	m.CallHash = callHash(m.CallID())
	return m
}

// request is a request from alice; id makes Call-ID and branch.
func (w *world) request(method, id string) *route.Message {
	return w.message("alice", fmt.Sprintf(`%s sip:bob@10.0.0.2 SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-%s
Max-Forwards: 70
From: <sip:alice@10.0.0.1>;tag=a
To: <sip:bob@10.0.0.2>
Call-ID: %s@alice
CSeq: 1 %s
Contact: <sip:alice@10.0.0.1>
Content-Length: 0

`, method, id, id, method))
}

// endAck is an ACK to a 2xx: a transaction of its own.
func (w *world) ack(id, tag string, negative bool) *route.Message {
	branch := id
	if !negative {
		branch += "-ack"
	}
	return w.message("alice", fmt.Sprintf(`ACK sip:bob@10.0.0.2 SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-%s
From: <sip:alice@10.0.0.1>;tag=a
To: <sip:bob@10.0.0.2>;tag=%s
Call-ID: %s@alice
CSeq: 1 ACK
Content-Length: 0

`, branch, tag, id))
}

// answer is a peer's reply to a request that was sent to it.
func (w *world) answer(from string, request string, code int, headers ...string) *route.Message {
	w.t.Helper()
	req, err := sip.Parse(request)
	if err != nil {
		w.t.Fatal(err)
	}
	out := sip.AppendStatusLine(nil, code, sip.ReasonPhrase(code))
	for i := range req.Headers {
		h := &req.Headers[i]
		switch h.Type {
		case sip.HdrVia, sip.HdrFrom, sip.HdrCallID, sip.HdrCSeq, sip.HdrRecordRoute:
			out = append(out, req.Raw[h.Start:h.End]...)
		case sip.HdrTo:
			out = append(out, req.Raw[h.Start:h.End-2]...)
			if code > 100 {
				out = append(out, ";tag="+from...)
			}
			out = append(out, "\r\n"...)
		}
	}
	for _, h := range headers {
		out = append(out, h+"\r\n"...)
	}
	return w.message(from, strings.ReplaceAll(string(out), "\r\n", "\n")+"Content-Length: 0\n\n")
}

// reply hands a peer's reply to the table.
func (w *world) reply(from, request string, code int, headers ...string) bool {
	w.t.Helper()
	return w.table.Reply(w.answer(from, request, code, headers...))
}

// run is a request route of one t_relay, with the host's part around it.
func (w *world) relay(m *route.Message, branches ...string) int {
	for _, uri := range branches {
		m.Branches = append(m.Branches, route.Target{URI: uri, Q: route.QUnset})
	}
	rc := w.table.Relay(m, RelayOptions{})
	w.table.AfterRequest(m)
	return rc
}

// take gives what was sent since the last call as lines "host: first line", sorted within one instant by nothing: in order.
func (w *world) take() []string {
	var list []string
	for _, p := range w.sent {
		list = append(list, w.label(p))
	}
	w.sent = nil
	return list
}

// label is a short name for a packet: "bob INVITE", "alice 180 INVITE".
func (w *world) label(p packet) string {
	m, err := sip.Parse(p.raw)
	if err != nil {
		w.t.Fatalf("%v in what was sent: %q", err, p.raw)
	}
	name := p.to
	for n, host := range peers {
		if host == p.to {
			name = n
		}
	}
	if m.IsRequest {
		return name + " " + m.MethodName
	}
	cseq, _ := m.CSeq()
	return fmt.Sprintf("%s %d %s", name, m.Status, cseq.MethodName)
}

// expect compares what was sent since the last time.
func (w *world) expect(want ...string) {
	w.t.Helper()
	if got := w.take(); !slices.Equal(got, want) {
		w.t.Fatalf("sent %q, want %q", got, want)
	}
}

// last is the newest packet whose label is this one, as text.
func (w *world) last(label string) string {
	w.t.Helper()
	for i := len(w.sent) - 1; i >= 0; i-- {
		if w.label(w.sent[i]) == label {
			return w.sent[i].raw
		}
	}
	w.t.Fatalf("no %q was sent", label)
	return ""
}

// grab is last and then expect.
func (w *world) grab(label string, want ...string) string {
	w.t.Helper()
	raw := w.last(label)
	w.expect(want...)
	return raw
}

// empty checks that nothing is left after the last timer.
func (w *world) empty() {
	w.t.Helper()
	w.pass(time.Duration(w.params.Get().MaxInvLifetime+w.params.Get().WtTimer+w.params.Get().FrTimer)*time.Millisecond + time.Second)
	if n := w.table.Len(); n != 0 || len(w.table.calls) != 0 || w.wheel.Len() != 0 {
		w.t.Fatalf("left: %d transactions, %d calls, %d timers", n, len(w.table.calls), w.wheel.Len())
	}
}
