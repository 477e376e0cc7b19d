package kemibasic

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

var (
	aliceAddr = netip.MustParseAddrPort("127.0.0.1:40001")
	bobAddr   = netip.MustParseAddrPort("127.0.0.1:40002")
)

// peers are both ends of all messages: what the server sends is kept for the next step.
type peers struct {
	server *kemi.Server
	clock  *clock.Manual
	local  *flow.Socket
	toBob  []byte // the last request to the callee
	alice  []byte // the last final reply to the caller
	sent   int
	n      int
}

func (p *peers) Send(f flow.Flow, data []byte) error {
	return p.SendWith(f, data, transport.SendOptions{})
}

func (p *peers) SendWith(f flow.Flow, data []byte, _ transport.SendOptions) error {
	p.sent++
	if f.Remote == bobAddr {
		p.toBob = append(p.toBob[:0], data...)
	} else if data[8] == '2' {
		p.alice = append(p.alice[:0], data...)
	}
	return nil
}

func (p *peers) LocalSocket(flow.Proto, *flow.Socket, netip.AddrPort) *flow.Socket { return p.local }

func (p *peers) receive(data string, from netip.AddrPort) {
	p.server.Core.Receive(transport.Packet{Data: data, Flow: flow.Flow{Proto: flow.UDP, Local: p.local, Remote: from}}, nil)
}

// line is the header line of a name in a message, with its end.
func line(message []byte, name string) []byte {
	from := bytes.Index(message, []byte("\r\n"+name+":")) + 2
	if from < 2 {
		return nil
	}
	return message[from : from+bytes.IndexByte(message[from:], '\n')+1]
}

// answer is the callee's reply to the last request.
func (p *peers) answer(status, tag, more string) string {
	b := make([]byte, 0, 1024)
	b = append(b, "SIP/2.0 "+status+"\r\n"...)
	vias := p.toBob
	for {
		via := line(vias, "Via")
		if via == nil {
			break
		}
		b = append(b, via...)
		vias = vias[bytes.Index(vias, via)+len(via)-2:]
	}
	for _, name := range []string{"Record-Route", "From"} {
		b = append(b, line(p.toBob, name)...)
	}
	b = append(b, bytes.TrimSuffix(line(p.toBob, "To"), []byte("\r\n"))...)
	b = append(b, tag+"\r\n"...)
	for _, name := range []string{"Call-ID", "CSeq"} {
		b = append(b, line(p.toBob, name)...)
	}
	return string(append(b, more...))
}

const sdp = "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"

var sdpHeaders = "Content-Type: application/sdp\r\nContent-Length: " + strconv.Itoa(len(sdp)) + "\r\n\r\n" + sdp

// request is one of the caller.
func (p *peers) request(method, uri, to, more string) string {
	id := strconv.Itoa(p.n)
	return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:40001;branch=z9hG4bK-" + id + method + "\r\n" +
		"From: alice <sip:alice@example.test>;tag=111SIPpTag00" + id + "\r\nTo: " + to + "\r\nCall-ID: " + id + "-111@127.0.0.1\r\n" +
		"CSeq: 1 " + method + "\r\nMax-Forwards: 70\r\nUser-Agent: bench\r\n" + more
}

const none = "Content-Length: 0\r\n\r\n"

func (p *peers) call() {
	p.n++
	p.receive(p.request("INVITE", "sip:bob@example.test", "bob <sip:bob@example.test>", "Contact: <sip:alice@127.0.0.1:40001>\r\n"+sdpHeaders), aliceAddr)
	contact := "Contact: <sip:bob@127.0.0.1:40002;transport=UDP>\r\n"
	p.receive(p.answer("180 Ringing", ";tag=9SIPpTag01", contact+none), bobAddr)
	p.receive(p.answer("200 OK", ";tag=9SIPpTag01", contact+sdpHeaders), bobAddr)
	route := "Route:" + strings.TrimPrefix(string(line(p.alice, "Record-Route")), "Record-Route:")
	to := "bob <sip:bob@example.test>;tag=9SIPpTag01"
	p.receive(p.request("ACK", "sip:bob@127.0.0.1:40002;transport=UDP", to, route+none), aliceAddr)
	p.receive(p.request("BYE", "sip:bob@127.0.0.1:40002;transport=UDP", to, route+none), aliceAddr)
	p.receive(p.answer("200 OK", "", contact+none), bobAddr)
	p.pass()
}

func (p *peers) message() {
	p.n++
	p.receive(p.request("MESSAGE", "sip:bob@example.test", "bob <sip:bob@example.test>", "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nHello"), aliceAddr)
	p.receive(p.answer("200 OK", ";tag=9SIPpTag01", none), bobAddr)
	p.pass()
}

func (p *peers) register() {
	p.n++
	user := "<sip:u" + strconv.Itoa(p.n%20000) + "@example.test>"
	p.receive(p.request("REGISTER", "sip:example.test", user, "Contact: <sip:u1@127.0.0.1:5090>\r\nExpires: 3600\r\n"+none), aliceAddr)
	p.pass()
}

func (p *peers) options() {
	p.n++
	p.receive(p.request("OPTIONS", "sip:127.0.0.1:5060", "<sip:127.0.0.1:5060>", none), aliceAddr)
}

func (p *peers) pass() {
	p.clock.Advance(time.Millisecond)
	p.server.Core.Tick()
}

func newPeers(b *testing.B) *peers {
	b.Helper()
	if _, err := os.Stat(script); err != nil {
		b.Skip("left out: the script of Debian's kamailio package is not on this machine")
	}
	dir := b.TempDir()
	cfg, err := config.Load("kamailio.cfg", config.Options{Defines: []string{
		"PORT=5060", "DEBUG=0", fmt.Sprintf("CTL=%q", "unix:"+dir+"/ctl"), fmt.Sprintf("RPC=%q", dir+"/rpc")}})
	if err != nil {
		b.Fatal(err)
	}
	p := &peers{clock: clock.NewManual(time.Unix(1_700_000_000, 0))}
	p.server, err = kemi.New(kemi.Options{Config: cfg, Modules: modules.All(), Always: modules.Always(), Engine: lua.New(lua.Options{}),
		Log: log.Discard(), Clock: p.clock, Sender: p, Shards: 1, Offline: true, Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	p.local = p.server.Core.Sockets()[0]
	if err := p.server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.server.Stop() })
	p.receive(p.request("REGISTER", "sip:example.test", "<sip:bob@example.test>", "Contact: <sip:bob@127.0.0.1:40002>\r\nExpires: 3600\r\n"+none), aliceAddr)
	return p
}

// BenchmarkBasic is the way of whole messages through the server and the distribution's script, without the network:
// a call (INVITE 100 180 200 ACK BYE 200), a MESSAGE to a registered user, a REGISTER, an OPTIONS that the script answers.
func BenchmarkBasic(b *testing.B) {
	for _, c := range []struct {
		name string
		run  func(*peers)
		sent int
	}{
		{"call", (*peers).call, 7}, {"message", (*peers).message, 2}, {"register", (*peers).register, 1}, {"options", (*peers).options, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := newPeers(b)
			for range 10000 {
				c.run(p)
			}
			begun, sent := p.n, p.sent
			b.ReportAllocs()
			for b.Loop() {
				c.run(p)
			}
			if want := c.sent * (p.n - begun); p.sent-sent != want {
				b.Errorf("%d messages were sent, want %d", p.sent-sent, want)
			}
		})
	}
}
