package tm

import (
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// quietSender remembers the branch parameter of the last request only.
type quietSender struct{ last []byte }

func (s *quietSender) Send(_ flow.Flow, data []byte, _ route.SendMode, _ func(error)) error {
	s.last = append(s.last[:0], data...)
	return nil
}

func (s *quietSender) SendRequest(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	return s.Send(f, data, mode, fail)
}

// benchInvite is an INVITE with the headers and body of a softphone.
const benchInvite = `INVITE sip:bob@10.0.0.2 SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-ID;rport
Max-Forwards: 70
From: "Alice" <sip:alice@example.org>;tag=a73kszlfl
To: <sip:bob@example.org>
Call-ID: ID@10.0.0.1
CSeq: 1 INVITE
Contact: <sip:alice@10.0.0.1:5060>
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO
Supported: replaces, timer
User-Agent: bench 1.0
Content-Type: application/sdp
Content-Length: 142

v=0
o=- 1 1 IN IP4 10.0.0.1
s=-
c=IN IP4 10.0.0.1
t=0 0
m=audio 40000 RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=sendrecv
`

type benchWorld struct {
	*world
	sender quietSender
	raw    []string
}

func newBenchWorld(b *testing.B, calls int) *benchWorld {
	w := &benchWorld{world: newWorld(b, nil)}
	w.table.env.Sender = &w.sender
	for i := range calls {
		w.raw = append(w.raw, strings.ReplaceAll(strings.ReplaceAll(benchInvite, "Call-ID: ID", "Call-ID: "+strconv.Itoa(i)), "z9hG4bK-ID", "z9hG4bK-"+strconv.Itoa(i)))
	}
	return w
}

func (w *benchWorld) receive(m *route.Message, parsed *sip.Message, raw string) {
	_ = parsed.Parse(raw)
	m.Begin(parsed)
	m.Flow = flow.Flow{Proto: flow.UDP, Local: w.socket, Remote: benchPeer}
	m.CallHash = callHash(m.CallID())
}

var benchPeer = netip.MustParseAddrPort("10.0.0.1:5060")

// BenchmarkInviteRelayed is one INVITE, its 180 and its 200 through the table.
func BenchmarkInviteRelayed(b *testing.B) {
	w := newBenchWorld(b, 1000)
	reply := new(sip.Message)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m := new(route.Message)
		w.receive(m, new(sip.Message), w.raw[i%len(w.raw)])
		w.table.Relay(m, RelayOptions{})
		w.table.AfterRequest(m)
		t := Of(m)
		_ = reply.Parse(benchReply(w.sender.last, 200))
		r := new(route.Message)
		r.Begin(reply)
		w.table.Reply(r)
		w.table.remove(t)
		i++
	}
}

// benchReply makes a reply from the Via lines of a request.
func benchReply(request []byte, code int) string {
	m, _ := sip.Parse(string(request))
	out := sip.AppendStatusLine(nil, code, "OK")
	for i := range m.Headers {
		switch h := &m.Headers[i]; h.Type {
		case sip.HdrVia, sip.HdrFrom, sip.HdrTo, sip.HdrCallID, sip.HdrCSeq:
			out = append(out, m.Raw[h.Start:h.End]...)
		}
	}
	return string(append(out, "Content-Length: 0\r\n\r\n"...))
}

// BenchmarkRequest is the request's way alone: parsed message in, transaction made, bytes out.
func BenchmarkRequest(b *testing.B) {
	w := newBenchWorld(b, 1)
	parsed := new(sip.Message)
	m := new(route.Message)
	b.ReportAllocs()
	for b.Loop() {
		w.receive(m, parsed, w.raw[0])
		w.table.Relay(m, RelayOptions{})
		w.table.remove(Of(m))
	}
}

// BenchmarkReply is a provisional reply's way.
func BenchmarkReply(b *testing.B) {
	w := newBenchWorld(b, 1)
	m := new(route.Message)
	w.receive(m, new(sip.Message), w.raw[0])
	w.table.Relay(m, RelayOptions{})
	raw := benchReply(w.sender.last, 180)
	parsed, r := new(sip.Message), new(route.Message)
	b.ReportAllocs()
	for b.Loop() {
		_ = parsed.Parse(raw)
		r.Begin(parsed)
		w.table.Reply(r)
	}
}

// TestMemoryOfPendingInvites measures what an INVITE that rings costs, its message and all.
func TestMemoryOfPendingInvites(t *testing.T) {
	if testing.Short() {
		t.Skip("left out with -short: it measures the heap")
	}
	const calls, limit = 20000, 8 << 10
	w := &benchWorld{world: newWorld(t, nil)}
	w.table.env.Sender = &w.sender
	before := heapInUse()
	for i := range calls {
		id := strconv.Itoa(i)
		raw := strings.ReplaceAll(strings.ReplaceAll(benchInvite, "ID@", id+"@"), "bK-ID", "bK-"+id)
		m := new(route.Message)
		w.receive(m, new(sip.Message), strings.ReplaceAll(raw, "\n", "\r\n"))
		w.table.Relay(m, RelayOptions{})
		w.table.AfterRequest(m)
	}
	each := int(heapInUse()-before) / calls
	t.Logf("%d bytes for a pending INVITE (transaction %d, branch %d, message %d and %d)", each,
		unsafe.Sizeof(Transaction{}), unsafe.Sizeof(Branch{}), unsafe.Sizeof(route.Message{}), unsafe.Sizeof(sip.Message{}))
	if each > limit {
		t.Errorf("%d bytes for a pending INVITE, want at most %d", each, limit)
	}
	for range 60 { // past every timer
		w.clock.Advance(5 * time.Second)
		w.wheel.Advance(w.clock.Now())
	}
	if left := int(heapInUse()-before) / calls; left > limit/50 || w.table.Len() != 0 {
		t.Errorf("%d bytes each and %d transactions left after the end", left, w.table.Len())
	}
	runtime.KeepAlive(w)
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
