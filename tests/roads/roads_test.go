package roads

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

var (
	transports = []string{"udp", "tcp", "tls", "ws", "wss"}
	stream     = map[string]string{"udp": "udp", "tcp": "tcp", "tls": "tls", "ws": "tcp", "wss": "tls"} // whose socket each one comes by
	families   = []string{"127.0.0.1", "[::1]"}
)

// TestEachRoadToEachRoad: phones on every transport and both families register, and each one calls each one, hangs up
// or is hung up on, and sends it a message.
func TestEachRoadToEachRoad(t *testing.T) {
	w := start(t, "")
	phones := w.phones(available(t))
	for _, from := range phones {
		for _, to := range phones {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				from.within(t)
				to.within(t)
				from.message(to)
				from.call(to, true)
				from.call(to, false)
			})
		}
	}
}

// available is the families that this machine has.
func available(t *testing.T) []string {
	t.Helper()
	c, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Logf("left out: IPv6: %v", err)
		return families[:1]
	}
	_ = c.Close()
	return families
}

// phones has two of each kind, so that one may call another like it.
func (w *world) phones(families []string) (list []*phone) {
	for i, host := range families {
		for _, transport := range transports {
			p := w.phone(fmt.Sprintf("%s%d", transport, 4+2*i), transport, host)
			p.register()
			list = append(list, p)
		}
	}
	return list
}

// within has a phone speak for a subtest.
func (p *phone) within(t *testing.T) { p.t = t }

func (p *phone) message(to *phone) {
	p.t.Helper()
	r := p.request(sip.MESSAGE, to.name)
	r.AppendHeader(sip.NewHeader("Content-Type", "text/plain"))
	r.SetBody([]byte("hello from " + p.name))
	if code := p.ask(r); code != 202 {
		p.t.Fatalf("MESSAGE: %d", code)
	}
	to.hear("MESSAGE hello from " + p.name)
}

// call makes a call, which the caller or the called one ends.
func (p *phone) call(to *phone, callerEnds bool) {
	p.t.Helper()
	r := p.request(sip.INVITE, to.name)
	r.AppendHeader(&p.contact)
	d, err := p.calling.WriteInvite(p.context(), r)
	p.must(err)
	defer d.Close()
	far := to.rung()
	p.recorded(to, far.InviteRequest)
	var codes []int
	ringing := make(chan struct{})
	answered := make(chan error, 1)
	go func() {
		answered <- d.WaitAnswer(p.context(), sipgo.AnswerOptions{OnResponse: func(r *sip.Response) error {
			if r.StatusCode == 180 {
				close(ringing)
			}
			if r.StatusCode > 100 { // sipgo may show what came first after what came next
				codes = append(codes, r.StatusCode)
			}
			return nil
		}})
	}()
	<-ringing
	far.InviteRequest.SetTransport(sip.NetworkToUpper(to.transport))
	go func() { _ = far.Respond(200, "OK", nil) }() // it returns with the ACK
	p.must(<-answered)
	p.must(d.Ack(p.context()))
	to.hear("ACK true")
	if !slices.Equal(codes, []int{180, 200}) {
		p.t.Errorf("INVITE: %v", codes)
	}
	if callerEnds {
		p.must(d.Bye(p.context()))
		to.hear("BYE true")
		return
	}
	to.must(far.Bye(to.context()))
	p.hear("BYE true")
}

// recorded sees that the server is on the way twice where the sockets differ: each end is told an address that it can
// send to (RFC 5658 3.1), the called one's own first.
func (p *phone) recorded(to *phone, invite *sip.Request) {
	p.t.Helper()
	routes := invite.GetHeaders("Record-Route")
	want := []*phone{to, p}
	if stream[p.transport] == stream[to.transport] && p.host == to.host {
		want = want[:1]
	}
	if len(routes) != len(want) {
		p.t.Fatalf("%d Record-Routes, want %d", len(routes), len(want))
	}
	for i, end := range want {
		if r := routes[i].Value(); !strings.HasPrefix(r, "<sip:"+end.host+":") || strings.Contains(r, ";r2=on") != (len(want) == 2) {
			p.t.Errorf("Record-Route %d is %s", i, r)
		}
	}
}
