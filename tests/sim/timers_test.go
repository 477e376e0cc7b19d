package sim

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// The cases show what passes through the whole server at which instant, in milliseconds. The
// times are the incumbent's defaults: T1 500, T2 4000, fr_timer (B, F, H) 30000, wt_timer (D, I,
// J, K, L, M) 5000. The instants of a single transaction are tested in core/tm.
var timerCases = []struct{ name, proto, steps, want string }{
	{"D: a repeated negative reply gets its ACK and goes no further", "udp",
		"0 alice INVITE; 0 bob 486; 1 alice ACK; 2000 bob 486; 4900 bob 486",
		"0 alice 100; 0 bob INVITE; 0 bob ACK; 0 alice 486; 2000 bob ACK; 4900 bob ACK"},
	{"D over: what comes later is passed on without state (16.7 step 1)", "udp",
		"0 alice INVITE; 0 bob 486; 1 alice ACK; 6000 bob 486",
		"0 alice 100; 0 bob INVITE; 0 bob ACK; 0 alice 486; 6000 alice 486"},
	{"E and F: nothing is repeated over a stream, and 408 comes all the same", "tcp",
		"0 alice MESSAGE", "0 bob MESSAGE; 30000 alice 408"},
	{"E: a 100 slows the repetition down, F ends it", "udp",
		"0 alice MESSAGE; 10 bob 100",
		"0 bob MESSAGE; 4010 bob MESSAGE; 8010 bob MESSAGE; 12010 bob MESSAGE; 16010 bob MESSAGE; 20010 bob MESSAGE; " +
			"24010 bob MESSAGE; 28010 bob MESSAGE; 30000 alice 408"},
	{"G: a negative reply is not repeated over a stream; H: the wait for its ACK ends", "tcp",
		"0 alice INVITE; 0 bob 404", "0 alice 100; 0 bob INVITE; 0 bob ACK; 0 alice 404"},
	{"I: further ACKs end here", "udp",
		"0 alice INVITE; 0 bob 404; 100 alice ACK; 200 alice ACK; 4000 alice ACK",
		"0 alice 100; 0 bob INVITE; 0 bob ACK; 0 alice 404"},
	{"J: a repeated request gets the final reply, and is not passed on", "udp",
		"0 alice MESSAGE; 10 bob 200; 500 alice MESSAGE; 4900 alice MESSAGE",
		"0 bob MESSAGE; 10 alice 200; 500 alice 200; 4900 alice 200"},
	{"before the final reply a repeated non-INVITE has no answer", "udp",
		"0 alice MESSAGE; 100 alice MESSAGE; 200 bob 200", "0 bob MESSAGE; 200 alice 200"},
	{"K: a repeated final reply to a non-INVITE is absorbed", "udp",
		"0 alice MESSAGE; 10 bob 200; 500 bob 200; 4900 bob 404", "0 bob MESSAGE; 10 alice 200"},
	{"L: a repeated INVITE is not passed on after the 2xx", "udp",
		"0 alice INVITE; 10 bob 200; 500 alice INVITE",
		"0 alice 100; 0 bob INVITE; 10 alice 200; 500 alice 200"},
	{"M: each repeated 2xx goes through, and so does its ACK", "udp",
		"0 alice INVITE; 10 bob 200; 20 alice ACK2; 500 bob 200; 510 alice ACK2; 4900 bob 200; 4910 alice ACK2",
		"0 alice 100; 0 bob INVITE; 10 alice 200; 20 bob ACK; 500 alice 200; 510 bob ACK; 4900 alice 200; 4910 bob ACK"},
	{"M: a negative reply after the 2xx of the same branch is acknowledged and dropped", "udp",
		"0 alice INVITE; 10 bob 200; 500 bob 486", "0 alice 100; 0 bob INVITE; 10 alice 200; 500 bob ACK"},
	{"proceeding: a repeated INVITE gets the last provisional reply", "udp",
		"0 alice INVITE; 10 bob 180; 500 alice INVITE; 600 bob 200",
		"0 alice 100; 0 bob INVITE; 10 alice 180; 500 alice 180; 600 alice 200"},
	{"C: the callee is cancelled, and its 487 goes no further", "udp",
		"0 alice INVITE; 10 bob 180; 120010 bob 200 CANCEL; 120010 bob 487; 120020 alice ACK",
		"0 alice 100; 0 bob INVITE; 10 alice 180; 120010 bob CANCEL; 120010 alice 408; 120010 bob ACK"},
	{"the CANCEL is repeated for fr_timer, though the transaction is answered and wt_timer shorter", "udp",
		"0 alice INVITE; 10 bob 180; 120020 alice ACK",
		"0 alice 100; 0 bob INVITE; 10 alice 180; 120010 bob CANCEL; 120010 alice 408; 120510 bob CANCEL; 121510 bob CANCEL; " +
			"123510 bob CANCEL; 127510 bob CANCEL; 131510 bob CANCEL; 135510 bob CANCEL; 139510 bob CANCEL; 143510 bob CANCEL; 147510 bob CANCEL"},
	{"a CANCEL over a stream is sent once", "tcp",
		"0 alice INVITE; 10 bob 180; 20 alice CANCEL; 5000 bob 487; 5001 alice ACK",
		"0 alice 100; 0 bob INVITE; 10 alice 180; 20 bob CANCEL; 20 alice 200; 5000 bob ACK; 5000 alice 487"},
	{"a CANCEL that the 200 has overtaken changes nothing", "udp",
		"0 alice INVITE; 10 bob 180; 20 alice CANCEL; 30 bob 200; 40 bob 481 CANCEL; 50 alice ACK2",
		"0 alice 100; 0 bob INVITE; 10 alice 180; 20 bob CANCEL; 20 alice 200; 30 alice 200; 50 bob ACK"},
}

// TestTimersThroughTheServer plays the cases.
func TestTimersThroughTheServer(t *testing.T) {
	for _, c := range timerCases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, c.proto)
			for step := range strings.SplitSeq(c.steps, "; ") {
				s.play(step)
			}
			for s.w.step() {
			}
			if got := strings.Join(s.got, "; "); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if n := s.w.transactions() + s.w.timers(); n != 0 {
				t.Errorf("%d transactions and timers are left", n)
			}
		})
	}
}

// stage is a world without loss or delay, with alice and bob in the test's hands.
type stage struct {
	w          *world
	proto      flow.Proto
	alice, bob *actor
	got        []string
}

// actor is a peer that keeps what it got.
type actor struct {
	name     string
	node     *fakenet.Node
	at       *flow.Socket
	requests map[string]transport.Packet // the last of each method
}

func newStage(t *testing.T, proto string) *stage {
	s := new(stage)
	s.proto, _ = flow.ParseProto(proto)
	s.w = newWorld(t, relayScript{&s.w}, settings{seed: 1, values: tm.DefaultValues()})
	s.alice, s.bob = s.actor("alice", callersAt), s.actor("bob", calleesAt)
	return s
}

func (s *stage) actor(name string, at netip.AddrPort) *actor {
	a := &actor{name: name, at: flow.NewSocket(s.proto, at, 0), requests: map[string]transport.Packet{}}
	node, err := s.w.net.Attach(fakenet.Handler(func(p transport.Packet) { s.note(a, p) }), a.at)
	if err != nil {
		s.w.t.Fatal(err)
	}
	a.node = node
	return a
}

func (s *stage) note(a *actor, p transport.Packet) {
	m := parse(p.Data)
	what := m.MethodName
	if m.IsRequest {
		a.requests[m.MethodName] = p
	} else {
		what = strconv.Itoa(m.Status)
	}
	s.got = append(s.got, fmt.Sprintf("%d %s %s", s.w.now().Milliseconds(), a.name, what))
}

// play does one step: "500 alice INVITE", or "500 bob 200 CANCEL", which is a reply to a method.
func (s *stage) play(step string) {
	part := strings.Fields(step)
	at, _ := strconv.Atoi(part[0])
	s.w.until(time.Duration(at) * time.Millisecond)
	if part[1] == "alice" {
		s.send(s.alice, flow.Flow{Proto: s.proto, Local: s.alice.at, Remote: proxyAt}, s.request(part[2]))
	} else {
		s.reply(part[2:])
	}
	s.w.until(time.Duration(at) * time.Millisecond)
}

func (s *stage) request(method string) string {
	branch, to, uri := "one", "", proxyURI
	switch method {
	case "ACK":
		to = ";tag=b"
	case "ACK2":
		method, branch, to, uri = "ACK", "two", ";tag=b", "sip:bob@10.2.0.1"
	}
	return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/" + s.proto.Upper() + " 10.1.0.1:5060;branch=z9hG4bK" + branch +
		"\r\nFrom: <sip:alice@proxy.example>;tag=a\r\nTo: <sip:bob@proxy.example>" + to +
		"\r\nCall-ID: one\r\nCSeq: 1 " + method + "\r\nContent-Length: 0\r\n\r\n"
}

// reply answers bob's last request of a method: the one that is named, else the INVITE or MESSAGE.
func (s *stage) reply(part []string) {
	code, _ := strconv.Atoi(part[0])
	p, known := s.bob.requests["INVITE"]
	if !known {
		p = s.bob.requests["MESSAGE"]
	}
	if len(part) > 1 {
		p = s.bob.requests[part[1]]
	}
	m, err := sip.Parse(p.Data)
	if err != nil {
		s.w.t.Fatalf("bob has nothing to answer %v to", part)
	}
	s.send(s.bob, p.Flow, answer(m, code, "b", "sip:bob@10.2.0.1"))
}

func (s *stage) send(a *actor, f flow.Flow, text string) {
	if err := a.node.Send(f, []byte(text)); err != nil {
		s.w.t.Fatal(err)
	}
}
