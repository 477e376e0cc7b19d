package sim

import (
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// softphoneInvite is an INVITE of a usual length, with a body. The id makes it one of many.
func softphoneInvite(id string) string {
	return "INVITE sip:bob@proxy.example SIP/2.0\r\n" +
		"Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK" + id + ";rport\r\n" +
		"Max-Forwards: 70\r\n" +
		"From: \"Alice\" <sip:alice@proxy.example>;tag=a73kszlfl\r\n" +
		"To: <sip:bob@proxy.example>\r\n" +
		"Call-ID: " + id + "@10.1.0.1\r\n" +
		"CSeq: 1 INVITE\r\n" +
		"Contact: <sip:alice@10.1.0.1:5060>\r\n" +
		"Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO\r\n" +
		"Supported: replaces, timer\r\n" +
		"User-Agent: softphone 1.0\r\n" +
		"Content-Type: application/sdp\r\n" +
		"Content-Length: " + strconv.Itoa(len(offer)) + "\r\n\r\n" + offer
}

const offer = "v=0\r\no=- 1 1 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\n" +
	"m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"

// relayScript passes everything to one callee, with a failure route armed as most scripts have it.
type relayScript struct{ w **world }

func (s relayScript) Has(k route.Kind) bool { return k == route.RequestRoute }

func (s relayScript) Run(c *route.Call) route.Outcome {
	if c.Kind != route.RequestRoute {
		return route.Absent
	}
	m := c.Message
	tb := (*s.w).server.Table(m.Shard)
	if tb.Check(m) != 0 {
		m.SetURI("sip:bob@10.2.0.1;transport=" + m.Flow.Proto.String())
		tm.Arm(m, tm.OnFailureRoute, route.Callback{Name: "failed"})
		tb.Relay(m, tm.RelayOptions{})
	}
	return route.Done
}

const (
	pendingCalls = 50_000
	pendingLimit = 8 << 10 // bytes
)

// TestMemoryOfPendingCalls measures what an INVITE that rings costs the server, and that its
// memory comes back.
func TestMemoryOfPendingCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("left out with -short: it measures the heap")
	}
	var w *world
	w = newWorld(t, relayScript{&w}, settings{seed: 1, values: tm.DefaultValues(), link: fakenet.Link{Delay: time.Millisecond}})
	var caller, callee *peer
	caller = w.attach(callersAt, func(data string) { caller.acknowledge(data) })
	callee = w.attach(calleesAt, func(data string) { callee.ringOnly(data) })
	w.bring("warm", 100) // the pools and tables get their first memory
	w.until(w.now() + 10*time.Minute)
	before := heap()
	w.bring("p", pendingCalls)
	each := (heap() - before) / pendingCalls
	t.Logf("%d bytes for a pending INVITE of %d bytes", each, len(softphoneInvite("p10000")))
	if n := w.transactions(); n != pendingCalls {
		t.Fatalf("%d transactions are pending", n)
	}
	if each > pendingLimit {
		t.Errorf("%d bytes for a pending INVITE, want at most %d", each, pendingLimit)
	}
	w.profile()
	w.until(w.now() + 10*time.Minute)
	left := heap() - before
	t.Logf("%d bytes are left of all", left)
	if n := w.transactions() + w.timers(); n != 0 || left > pendingCalls*pendingLimit/50 {
		t.Errorf("%d transactions and timers, %d bytes are left", n, left)
	}
	runtime.KeepAlive(w)
}

// bring makes calls that come in one after the other and ring.
func (w *world) bring(prefix string, count int) {
	local := w.local
	for i := range count {
		data := softphoneInvite(prefix + strconv.Itoa(i))
		w.server.Receive(transport.Packet{Data: data, Flow: flow.Flow{Proto: flow.UDP, Local: local, Remote: callersAt}}, nil)
		w.until(w.now() + time.Millisecond)
	}
}

// ringOnly answers an INVITE with 180, and a CANCEL.
func (p *peer) ringOnly(data string) {
	switch m := parse(data); m.Method {
	case sip.MethodInvite:
		p.send(answer(m, 180, "b", "sip:bob@10.2.0.1"))
	case sip.MethodCancel:
		p.send(answer(m, 200, "b", ""))
		p.send(strings.Replace(answer(m, 487, "b", ""), " CANCEL\r\n", " INVITE\r\n", 1))
	}
}

// acknowledge sends the ACK of a negative reply to an INVITE.
func (p *peer) acknowledge(data string) {
	m := parse(data)
	if m.Status < 300 {
		return
	}
	b := sip.AppendRequestLine(nil, "ACK", "sip:bob@proxy.example")
	for i := range m.Headers {
		switch h := &m.Headers[i]; h.Type {
		case sip.HdrVia, sip.HdrFrom, sip.HdrTo, sip.HdrCallID:
			b = append(b, m.Raw[h.Start:h.End]...)
		}
	}
	p.send(string(sip.AppendBody(sip.AppendCSeq(b, 1, "ACK"), "")))
}

func heap() int64 {
	runtime.GC()
	runtime.GC() // the second empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// profile writes a heap profile if the environment names a file for it.
func (w *world) profile() {
	name := os.Getenv("SIM_HEAP_PROFILE")
	if name == "" {
		return
	}
	f, err := os.Create(name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if err := pprof.WriteHeapProfile(f); err != nil {
		w.t.Fatal(err)
	}
}
