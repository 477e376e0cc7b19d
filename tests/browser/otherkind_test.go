//go:build e2e

package browser

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/tests/inproc"
)

// session describes media that a browser takes, of a far end that is never heard.
const session = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 127.0.0.1
a=rtcp-mux
a=mid:0
a=sendrecv
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
a=setup:SETUP
a=rtpmap:111 opus/48000/2
`

func media(setup string) []byte {
	return []byte(strings.ReplaceAll(strings.Replace(session, "SETUP", setup, 1), "\n", "\r\n"))
}

var password = sipgo.DigestAuth{Username: "bob", Password: "can-we-fix-it"}

// udpPhone is bob's, of another kind than the page's.
type udpPhone struct {
	t       *testing.T
	ctx     context.Context
	server  string
	client  *sipgo.Client
	calling *sipgo.DialogClientCache
	called  *sipgo.DialogServerCache
	contact sip.ContactHeader
	rings   chan *sipgo.DialogServerSession
	byes    chan bool // whether they belong to a call
}

// callOtherKind: a page calls a phone that speaks UDP, which hangs up and calls back.
func callOtherKind(t *testing.T, s *inproc.Server, page func() <-chan string) {
	t.Helper()
	bob := newUDPPhone(t, s.Address(flow.UDP).String())
	bob.register()
	steps := page()
	follow(t, steps, "alice registered")
	bob.answerAndEnd(func() { follow(t, steps, "bob answers") })
	follow(t, steps, "bob hangs up")
	bob.call()
	follow(t, steps, "alice answers")
	if !<-bob.byes {
		t.Error("a BYE that belongs to no call")
	}
	follow(t, steps, "alice hangs up", "done")
}

func newUDPPhone(t *testing.T, server string) *udpPhone {
	t.Helper()
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	p := &udpPhone{t: t, ctx: ctx, server: server, rings: make(chan *sipgo.DialogServerSession, 1), byes: make(chan bool, 1)}
	ua, err := sipgo.NewUA(sipgo.WithUserAgent("bob"), sipgo.WithUserAgentHostname("moonroute.test"))
	p.must(err)
	t.Cleanup(func() { _ = ua.Close() })
	p.client, err = sipgo.NewClient(ua, sipgo.WithClientConnectionAddr("127.0.0.1:0"))
	p.must(err)
	srv, err := sipgo.NewServer(ua)
	p.must(err)
	p.serve(srv)
	return p
}

func (p *udpPhone) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *udpPhone) serve(s *sipgo.Server) {
	s.OnInvite(func(r *sip.Request, tx sip.ServerTransaction) {
		if d, err := p.called.ReadInvite(r, tx); err == nil {
			p.rings <- d
			<-d.Context().Done()
		}
	})
	s.OnAck(func(r *sip.Request, tx sip.ServerTransaction) { _ = p.called.ReadAck(r, tx) })
	s.OnBye(func(r *sip.Request, tx sip.ServerTransaction) {
		p.byes <- p.called.ReadBye(r, tx) == nil || p.calling.ReadBye(r, tx) == nil
	})
}

func (p *udpPhone) request(method sip.RequestMethod, uri string) *sip.Request {
	p.t.Helper()
	var to sip.Uri
	p.must(sip.ParseUri(uri, &to))
	r := sip.NewRequest(method, to)
	r.SetTransport("UDP")
	r.SetDestination(p.server)
	return r
}

// register makes the way to the server first, whose near end is the Contact.
func (p *udpPhone) register() {
	p.t.Helper()
	hello := p.request(sip.OPTIONS, "sip:moonroute.test")
	_, err := p.client.Do(p.ctx, hello)
	p.must(err)
	p.contact = sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "bob", Host: hello.Via().Host, Port: hello.Via().Port}}
	p.calling, p.called = sipgo.NewDialogClientCache(p.client, p.contact), sipgo.NewDialogServerCache(p.client, p.contact)
	r := p.request(sip.REGISTER, "sip:moonroute.test")
	var bob sip.Uri
	p.must(sip.ParseUri("sip:bob@moonroute.test", &bob))
	r.AppendHeader(&sip.ToHeader{Address: bob})
	r.AppendHeader(&p.contact)
	reply, err := p.client.Do(p.ctx, r)
	p.must(err)
	reply, err = p.client.DoDigestAuth(p.ctx, r, reply, password)
	p.must(err)
	if reply.StatusCode != 200 {
		p.t.Fatalf("REGISTER: %d", reply.StatusCode)
	}
}

// answerAndEnd takes a call and ends it after a while.
func (p *udpPhone) answerAndEnd(meanwhile func()) {
	p.t.Helper()
	select {
	case d := <-p.rings:
		p.must(d.RespondSDP(media("active")))
		meanwhile()
		p.must(d.Bye(p.ctx))
	case <-time.After(patience):
		p.t.Fatal("bob does not ring")
	}
}

// call calls the page.
func (p *udpPhone) call() {
	p.t.Helper()
	r := p.request(sip.INVITE, "sip:alice@moonroute.test")
	r.AppendHeader(&p.contact)
	r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	r.SetBody(media("actpass"))
	d, err := p.calling.WriteInvite(p.ctx, r)
	p.must(err)
	p.must(d.WaitAnswer(p.ctx, sipgo.AnswerOptions{Username: password.Username, Password: password.Password}))
	p.must(d.Ack(p.ctx))
}
