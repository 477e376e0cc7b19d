package roads

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// patience is for a busy machine.
const patience = time.Minute

// TestMain keeps sipgo from telling of each connection that ends.
func TestMain(m *testing.M) {
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// phone is a user agent of sipgo that speaks by one transport, from one address.
type phone struct {
	name, transport, host string

	t       *testing.T
	w       *world
	client  *sipgo.Client
	calling *sipgo.DialogClientCache
	called  *sipgo.DialogServerCache
	contact sip.ContactHeader
	heard   chan string // requests that came inside of calls, and messages
	rings   chan *sipgo.DialogServerSession
}

func (w *world) phone(name, transport, host string) *phone {
	w.t.Helper()
	p := &phone{name: name, transport: transport, host: host, t: w.t, w: w, heard: make(chan string, 100), rings: make(chan *sipgo.DialogServerSession, 10)}
	ua, err := sipgo.NewUA(sipgo.WithUserAgent(name), sipgo.WithUserAgentHostname("roads.test"), sipgo.WithUserAgenTLSConfig(w.trusting()))
	p.must(err)
	w.t.Cleanup(func() { _ = ua.Close() })
	p.client, err = sipgo.NewClient(ua, sipgo.WithClientConnectionAddr(host+":0"))
	p.must(err)
	server, err := sipgo.NewServer(ua)
	p.must(err)
	p.open()
	p.calling = sipgo.NewDialogClientCache(p.client, p.contact)
	p.called = sipgo.NewDialogServerCache(p.client, p.contact)
	p.serve(server)
	return p
}

func (p *phone) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

func (p *phone) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p.t.Cleanup(cancel)
	return ctx
}

func (p *phone) request(method sip.RequestMethod, user string) *sip.Request {
	p.t.Helper()
	var to sip.Uri
	p.must(sip.ParseUri(p.w.uri(user, p.transport, p.host), &to))
	r := sip.NewRequest(method, to)
	r.SetTransport(sip.NetworkToUpper(p.transport))
	return r
}

// ask sends a request outside of calls and gives the code of the answer.
func (p *phone) ask(r *sip.Request) int {
	p.t.Helper()
	reply, err := p.client.Do(p.context(), r)
	p.must(err)
	return reply.StatusCode
}

// open makes the way to the server, whose near end is the phone's Contact.
func (p *phone) open() {
	p.t.Helper()
	r := p.request(sip.OPTIONS, "")
	if code := p.ask(r); code != 200 {
		p.t.Fatalf("%s: OPTIONS: %d", p.name, code)
	}
	via := r.Via()
	p.contact = sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: p.name, Host: via.Host, Port: via.Port, UriParams: sip.NewParams()}}
	p.contact.Address.UriParams.Add("transport", strings.Replace(p.transport, "wss", "ws", 1)) // as phones in pages say
}

func (p *phone) register() {
	p.t.Helper()
	r := p.request(sip.REGISTER, "")
	var to sip.Uri
	p.must(sip.ParseUri("sip:"+p.name+"@roads.test", &to))
	r.AppendHeader(&sip.ToHeader{Address: to, Params: sip.NewParams()})
	r.AppendHeader(&p.contact)
	if code := p.ask(r); code != 200 {
		p.t.Fatalf("%s: REGISTER: %d", p.name, code)
	}
}

// serve answers what comes.
func (p *phone) serve(s *sipgo.Server) {
	s.OnMessage(func(r *sip.Request, tx sip.ServerTransaction) {
		p.heard <- "MESSAGE " + string(r.Body())
		_ = tx.Respond(sip.NewResponseFromRequest(r, 202, "Accepted", nil))
	})
	s.OnInvite(func(r *sip.Request, tx sip.ServerTransaction) {
		d, err := p.called.ReadInvite(r, tx)
		if err != nil {
			p.heard <- "INVITE: " + err.Error()
			return
		}
		_ = d.Respond(180, "Ringing", nil)
		p.rings <- d
		<-d.Context().Done() // a handler that returns ends its transaction
	})
	s.OnAck(func(r *sip.Request, tx sip.ServerTransaction) {
		p.heard <- fmt.Sprint("ACK ", p.called.ReadAck(r, tx) == nil)
	})
	s.OnBye(func(r *sip.Request, tx sip.ServerTransaction) {
		ok := p.called.ReadBye(r, tx) == nil || p.calling.ReadBye(r, tx) == nil
		p.heard <- fmt.Sprint("BYE ", ok)
	})
}

// hear waits for what must come next.
func (p *phone) hear(want string) {
	p.t.Helper()
	select {
	case got := <-p.heard:
		if got != want {
			p.t.Fatalf("%s hears %q, want %q", p.name, got, want)
		}
	case <-time.After(patience):
		p.t.Fatalf("%s has not heard %q", p.name, want)
	}
}

// rung waits for a call.
func (p *phone) rung() *sipgo.DialogServerSession {
	p.t.Helper()
	select {
	case d := <-p.rings:
		return d
	case <-time.After(patience):
		p.t.Fatalf("%s does not ring", p.name)
		return nil
	}
}
