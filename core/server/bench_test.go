package server

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
)

// nowhere is a sender that remembers the Via line of the last request to the callee.
type nowhere struct {
	local *flow.Socket
	via   []byte
	sent  int
}

func (n *nowhere) Send(f flow.Flow, data []byte) error {
	return n.SendWith(f, data, transport.SendOptions{})
}

func (n *nowhere) SendWith(f flow.Flow, data []byte, _ transport.SendOptions) error {
	n.sent++
	if f.Remote == calleeAddr {
		from := bytes.Index(data, []byte("Via: "))
		n.via = append(n.via[:0], data[from:from+bytes.IndexByte(data[from:], '\n')+1]...)
	}
	return nil
}

func (n *nowhere) LocalSocket(flow.Proto, *flow.Socket, netip.AddrPort) *flow.Socket { return n.local }

var (
	callerAddr = netip.MustParseAddrPort("192.0.2.7:5060")
	calleeAddr = netip.MustParseAddrPort("192.0.2.8:5060")
)

// benchCall is what the two sides of one call send, but for our Via in the callee's replies.
type benchCall struct{ invite, ack, bye, replies, byeReply string }

func newBenchCall(n int) benchCall {
	id := strconv.Itoa(n)
	request := func(method, uri, branch, tag, more string) string {
		return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK" + branch + id + ";rport\r\n" +
			"Max-Forwards: 70\r\nFrom: \"Alice\" <sip:alice@home.example>;tag=a" + id + "\r\nTo: <sip:bob@home.example>" + tag + "\r\n" +
			"Call-ID: " + id + "@192.0.2.7\r\nCSeq: 1 " + method + "\r\nContact: <sip:alice@192.0.2.7:5060>\r\n" + more
	}
	sdp := "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8 101\r\na=sendrecv\r\n"
	body := "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY\r\nUser-Agent: softphone 1.0\r\n" +
		"Content-Type: application/sdp\r\nContent-Length: " + strconv.Itoa(len(sdp)) + "\r\n\r\n" + sdp
	none := "Content-Length: 0\r\n\r\n"
	c := benchCall{
		invite: request("INVITE", "sip:bob@home.example", "i", "", body),
		ack:    request("ACK", "sip:bob@192.0.2.8", "a", ";tag=b", none),
		bye:    request("BYE", "sip:bob@192.0.2.8", "b", ";tag=b", none),
	}
	c.replies, c.byeReply = afterVia(c.invite), afterVia(c.bye)
	return c
}

// afterVia is a reply to a request as it follows our Via.
func afterVia(request string) string {
	m, _ := sip.Parse(request)
	var b strings.Builder
	for i := range m.Headers {
		switch h := &m.Headers[i]; h.Type {
		case sip.HdrVia, sip.HdrFrom, sip.HdrCallID, sip.HdrCSeq:
			b.WriteString(m.Raw[h.Start:h.End])
		case sip.HdrTo:
			b.WriteString("To: <sip:bob@home.example>;tag=b\r\n")
		}
	}
	return b.String() + "Contact: <sip:bob@192.0.2.8>\r\nContent-Length: 0\r\n\r\n"
}

// benchServer is a server whose script relays everything, as a small proxy does.
type benchServer struct {
	*Server
	clock *clock.Manual
	local *flow.Socket
	out   *nowhere
	calls []benchCall
}

func newBenchServer(calls int, change func(*Options)) *benchServer {
	x := &benchServer{clock: clock.NewManual(time.Unix(1_000_000, 0))}
	x.local = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.1:5060"), 0)
	x.out = &nowhere{local: x.local}
	script := routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		m := c.Message
		tb := x.Table(m.Shard)
		if tb.Check(m) == 0 {
			return route.Done
		}
		if m.Method == sip.MethodInvite {
			m.SetURI("sip:bob@192.0.2.8")
		}
		tb.Relay(m, tm.RelayOptions{})
		return route.Done
	}}
	o := Options{
		Script: script, Log: log.Discard(), Clock: x.clock, Sockets: []*flow.Socket{x.local}, Sender: x.out,
		Shards: 1, TM: tm.NewParams(tm.DefaultValues()),
	}
	if change != nil {
		change(&o)
	}
	x.Server = New(o)
	for n := range calls {
		x.calls = append(x.calls, newBenchCall(n))
	}
	return x
}

func (x *benchServer) receive(data string, from netip.AddrPort) {
	x.Receive(transport.Packet{Data: data, Flow: flow.Flow{Proto: flow.UDP, Local: x.local, Remote: from}}, nil)
}

// call plays INVITE 100 180 200 ACK BYE 200. A call begins each millisecond, so that about
// 10,000 finished transactions wait in the table for their end.
func (x *benchServer) call(n int) {
	c := &x.calls[n%len(x.calls)]
	x.receive(c.invite, callerAddr)
	x.receive("SIP/2.0 180 Ringing\r\n"+string(x.out.via)+c.replies, calleeAddr)
	x.receive("SIP/2.0 200 OK\r\n"+string(x.out.via)+c.replies, calleeAddr)
	x.receive(c.ack, callerAddr)
	x.receive(c.bye, callerAddr)
	x.receive("SIP/2.0 200 OK\r\n"+string(x.out.via)+c.byeReply, calleeAddr)
	x.clock.Advance(time.Millisecond)
	x.Tick()
}

// BenchmarkCall is one whole call: six messages in, seven out. The strings of the three
// replies are made here, so three allocations are the benchmark's own.
func BenchmarkCall(b *testing.B) {
	x := newBenchServer(8192, nil)
	n := 0
	for ; n < len(x.calls); n++ {
		x.call(n)
	}
	x.out.sent = 0
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		x.call(n)
		n++
	}
	if want := 7 * (n - len(x.calls)); x.out.sent != want {
		b.Errorf("%d messages were sent, want %d", x.out.sent, want)
	}
}

// BenchmarkStateless is a request that is answered without a transaction.
func BenchmarkStateless(b *testing.B) {
	x := newBenchServer(8192, nil)
	x.script = routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		_ = x.ReplyStateless(c.Message, 200, "OK")
		return route.Done
	}}
	b.ReportAllocs()
	for b.Loop() {
		x.receive(x.calls[0].invite, callerAddr)
	}
}

// BenchmarkRefusal is a call that a full shard cannot take: an INVITE, its 503 and the ACK.
func BenchmarkRefusal(b *testing.B) {
	x := newBenchServer(1, func(o *Options) { o.Limits = shard.Limits{Queue: 1} })
	invite := x.calls[0].invite
	var m route.Message
	parsed, _ := sip.Parse(invite)
	m.Begin(parsed)
	ack := strings.NewReplacer("tag=b", "tag="+x.StatelessTag(&m), "z9hG4bKa", "z9hG4bKi").Replace(x.calls[0].ack)
	x.shards[0].Do(func() {
		x.receive(invite, callerAddr) // the one that waits
		b.ReportAllocs()
		n := uint64(0)
		for b.Loop() {
			x.receive(strings.Clone(invite), callerAddr)
			x.receive(strings.Clone(ack), callerAddr)
			n++
		}
		if refused, ended := x.Stats.Overload.Load(), x.Stats.AbsorbedACKs.Load(); refused != n || ended != n {
			b.Errorf("of %d %d were refused, %d ended", n, refused, ended)
		}
	})
}
