package server

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/load"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/transport"
)

// late gives the server a message that its reader brought after having been behind for some time.
func (x *benchServer) late(behind time.Duration, data string) {
	x.Receive(transport.Packet{Data: data, Flow: flow.Flow{Proto: flow.UDP, Local: x.local, Remote: callerAddr}, Behind: behind}, nil)
}

// busyServer is a server whose script counts what it sees.
func busyServer(o func(*Options)) (x *benchServer, seen map[string]int) {
	seen = map[string]int{}
	x = newBenchServer(400, o)
	inner := x.script
	x.script = routes{
		route.RequestRoute: func(c *route.Call) route.Outcome {
			seen[c.Message.MethodName]++
			return inner.Run(c)
		},
	}
	return x, seen
}

// pile has the first request that comes bring more while it runs: all of these wait for the shard, and each takes 10 ms.
func pile(x *benchServer, order *[]string, more func()) {
	inner, brought := x.script, false
	x.script = routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		if !brought {
			brought = true
			more()
		}
		*order = append(*order, c.Message.MethodName)
		x.clock.Advance(10 * time.Millisecond)
		return inner.Run(c)
	}}
	x.late(0, x.calls[0].invite)
}

// TestRefusesNewWork: once a shard has fallen behind, requests that have waited for too long are answered 503.
func TestRefusesNewWork(t *testing.T) {
	for _, off := range []bool{false, true} {
		x, seen := busyServer(func(o *Options) { o.Limits.TakeAll = off })
		var order []string
		pile(x, &order, func() {
			for n := range 100 {
				x.late(0, x.calls[n+1].invite)
			}
		})
		refused := int(x.Stats.Refused.Load())
		if seen["INVITE"]+refused != 101 || off != (refused == 0) || int(x.Stats.StatelessReplies(503, 503)) != refused {
			t.Errorf("overload_control off %v: %d are taken, %d refused", off, seen["INVITE"], refused)
		}
		if !off && (seen["INVITE"] < 30 || seen["INVITE"] > 45) {
			t.Errorf("%d are taken", seen["INVITE"])
		}
		x.clock.Advance(time.Second)
		for n := range 10 {
			x.late(0, x.calls[n+150].invite)
			x.clock.Advance(time.Millisecond)
		}
		if int(x.Stats.Refused.Load()) != refused {
			t.Error("it does not recover")
		}
	}
}

// TestRefusal has Retry-After.
func TestRefusal(t *testing.T) {
	var w *world
	w = newWorld(t, answer(&w, 200), func(o *Options) { o.Shards = 1 })
	sh := w.server.shards[0]
	for now := range 20 {
		sh.Load.Waiting(time.Unix(1_000_000, int64(now)*int64(50*time.Millisecond)))
	}
	text := strings.ReplaceAll(options, "\n", "\r\n")
	sh.Do(func() {
		w.server.Receive(transport.Packet{Data: text, Flow: flow.Flow{Proto: flow.UDP, Local: w.local, Remote: w.peerAt.Addr}}, nil)
		w.net.Run(200 * time.Millisecond)
	})
	w.net.Run(100 * time.Millisecond)
	if len(w.got) != 1 || !strings.HasPrefix(w.last(), "SIP/2.0 503 Server Overloaded\r\n") || !strings.Contains(w.last(), "\r\n"+retryLater) {
		t.Errorf("%q", w.got)
	}
}

// TestGoesOnWhileBehind: what was begun is never refused, and comes first.
func TestGoesOnWhileBehind(t *testing.T) {
	x, seen := busyServer(nil)
	c := x.calls[0]
	var order []string
	pile(x, &order, func() {
		for n := range 60 {
			x.late(0, x.calls[n+1].invite)
		}
		x.late(0, c.invite) // a repetition
		for _, method := range []string{"ACK", "BYE", "CANCEL", "PRACK", "INFO"} {
			text := strings.Replace(strings.ReplaceAll(c.bye, "BYE", method), "z9hG4bKb", "z9hG4bK"+method, 1)
			if method == "CANCEL" || method == "PRACK" {
				text = strings.Replace(text, ";tag=b", "", 1)
			}
			x.late(0, text)
		}
	})
	if first := strings.Join(order[:5], " "); first != "INVITE ACK BYE PRACK INFO" {
		t.Errorf("order %s", first)
	}
	if seen["CANCEL"] != 1 || order[len(order)-1] != "CANCEL" || order[len(order)-2] != "INVITE" {
		t.Errorf("a CANCEL and a repetition are refused: %v", order)
	}
	if refused := int(x.Stats.Refused.Load()); refused == 0 || refused+seen["INVITE"] != 62 {
		t.Errorf("%d are refused of %v", refused, seen)
	}
}

// TestReaderBehind: the goroutine of a reader that is behind does not run the script.
func TestReaderBehind(t *testing.T) {
	x, _ := busyServer(nil)
	inner := x.script
	ran, proceed := make(chan struct{}), make(chan struct{})
	x.script = routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		ran <- struct{}{}
		<-proceed
		return inner.Run(c)
	}}
	x.late(load.Start, x.calls[0].invite)
	<-ran
	x.late(load.Start, x.calls[1].invite)
	proceed <- struct{}{}
	<-ran
	proceed <- struct{}{}
	x.shards[0].Do(func() {})
	if x.Stats.Requests.Load() != 2 {
		t.Error(x.Stats.Requests.Load())
	}
}

// TestFullShard: a queue without room refuses new requests, and has room for what was begun.
func TestFullShard(t *testing.T) {
	x, seen := busyServer(func(o *Options) { o.Limits = shard.Limits{Queue: 4} })
	inner := x.script
	queued := false
	x.script = routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		if !queued {
			queued = true
			for n := 1; n < 10; n++ {
				x.late(0, x.calls[n].invite)
			}
			for n := 20; n < 23; n++ {
				x.late(0, x.calls[n].bye)
			}
		}
		return inner.Run(c)
	}}
	x.late(0, x.calls[0].invite)
	if seen["INVITE"] != 5 || seen["BYE"] != 2 || x.Stats.Overload.Load() != 6 || x.Stats.StatelessReplies(503, 503) != 6 {
		t.Errorf("%v, %d too many, %d times 503", seen, x.Stats.Overload.Load(), x.Stats.StatelessReplies(503, 503))
	}
}

// answers collects what a reader is to send.
type answers struct {
	to    []netip.AddrPort
	texts []string
}

func (a *answers) Answer(data []byte, to netip.AddrPort) {
	a.to, a.texts = append(a.to, to), append(a.texts, string(data))
}

// sentCounter is a Tap that counts what leaves.
type sentCounter int

func (*sentCounter) Received(transport.Packet) {}

func (c *sentCounter) Sent(flow.Flow, []byte) { *c++ }

// TestRefusedByReader: what a full shard cannot take is answered by the reader's own means, where those can do it.
func TestRefusedByReader(t *testing.T) {
	x, _ := busyServer(func(o *Options) { o.Limits = shard.Limits{Queue: 1} })
	var by answers
	tap := new(sentCounter)
	defer x.Tap(tap)()
	bring := func(proto flow.Proto, text string) {
		x.Receive(transport.Packet{Data: text, Flow: flow.Flow{Proto: proto, Local: x.local, Remote: callerAddr}, Answers: &by}, nil)
	}
	elsewhere := strings.Replace(x.calls[2].invite, "192.0.2.7:5060;branch", "192.0.2.7:5070;branch", 1)
	x.shards[0].Do(func() {
		bring(flow.UDP, x.calls[0].invite)
		bring(flow.UDP, x.calls[1].invite)
		bring(flow.UDP, strings.Replace(elsewhere, ";rport", "", 1))
		bring(flow.TCP, x.calls[3].invite)
		bring(flow.UDP, x.calls[4].ack)
	})
	if len(by.to) != 2 || by.to[0] != callerAddr || by.to[1].Port() != 5070 {
		t.Fatalf("%v", by.to)
	}
	for _, text := range by.texts {
		if !strings.HasPrefix(text, "SIP/2.0 503 Server Overloaded\r\n") || !strings.Contains(text, "\r\n"+retryLater) {
			t.Errorf("%q", text)
		}
	}
	if n := x.Stats.StatelessReplies(503, 503); n != 3 || *tap < 3 {
		t.Errorf("%d times 503, %d seen by the tap", n, *tap)
	}
}

// TestAbsorbedAtAGlance: an ACK of a refusal ends with the reader that is behind, and only that.
func TestAbsorbedAtAGlance(t *testing.T) {
	x, seen := busyServer(nil)
	bring := func(text string) {
		x.Receive(transport.Packet{Data: text, Flow: flow.Flow{Proto: flow.UDP, Local: x.local, Remote: callerAddr}, Answers: new(answers)}, nil)
	}
	own := ";tag=" + x.secret.tagBase + "80000001"
	ack := x.calls[0].ack
	absorbed := []string{
		strings.Replace(ack, ";tag=b", own, 1),
		strings.NewReplacer(";tag=b", own, "To: ", "t:  ").Replace(ack),
		strings.NewReplacer(";tag=b", own, "To: ", "TO : ").Replace(ack),
	}
	for _, text := range absorbed {
		bring(text)
	}
	if n := int(x.Stats.AbsorbedACKs.Load()); n != len(absorbed) || seen["ACK"] != 0 {
		t.Errorf("%d ended, the script saw %d", n, seen["ACK"])
	}
	others := []string{
		ack,
		strings.Replace(ack, ";tag=a0", own, 1), // of the caller
		strings.Replace(ack, "Contact:", "X-To: <sip:x@y>"+own+"\r\nContact:", 1),
		strings.Replace(x.calls[0].bye, ";tag=b", own, 1),
	}
	for _, text := range others {
		bring(text)
	}
	if n := int(x.Stats.AbsorbedACKs.Load()); n != len(absorbed) || seen["ACK"] != 3 || seen["BYE"] != 1 {
		t.Errorf("%d ended, the script saw %v", n, seen)
	}
}

// TestCrowded: one shard of many that is behind does not make the readers hurry.
func TestCrowded(t *testing.T) {
	for _, c := range []struct {
		shards, behind int
		crowded        bool
	}{{1, 0, false}, {1, 1, true}, {2, 1, true}, {4, 1, false}, {4, 2, true}} {
		x := newBenchServer(0, func(o *Options) { o.Shards = c.shards })
		for _, sh := range x.shards[:c.behind] {
			for now := range 20 {
				sh.Load.Waiting(time.Unix(1_000_000, int64(now)*int64(50*time.Millisecond)))
			}
		}
		if x.Crowded() != c.crowded {
			t.Errorf("%d of %d shards behind: %v", c.behind, c.shards, x.Crowded())
		}
	}
}
