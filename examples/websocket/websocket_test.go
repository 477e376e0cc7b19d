package websocket

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/tests/inproc"
)

func start(t *testing.T, defines ...string) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: append(defines, "PORT="+inproc.FreePort(t))})
}

// phone is one end of a call, in a page or not.
type phone struct {
	t              *testing.T
	user, password string
	via, contact   string
	send           func(string)
	receive        func() string
	sent           int
}

func page(t *testing.T, s *inproc.Server, user, password string) *phone {
	w := s.WebSocket(flow.TCP, "/sip")
	return &phone{t: t, user: user, password: password, via: "SIP/2.0/WS " + user + "page.invalid",
		contact: "<sip:x@" + user + "page.invalid;transport=ws>", send: w.Send, receive: w.Receive}
}

func desk(t *testing.T, s *inproc.Server, user, password string) *phone {
	p := s.Peer("127.0.0.1:0")
	return &phone{t: t, user: user, password: password, via: "SIP/2.0/UDP " + p.Addr.String() + ";rport",
		contact: "<sip:" + user + "@" + p.Addr.String() + ">", send: p.Send, receive: p.Receive}
}

// request makes a request; headers are whole lines.
func (p *phone) request(method, uri, to string, headers ...string) string {
	p.sent++
	lines := append([]string{
		method + " " + uri + " SIP/2.0", fmt.Sprintf("Via: %s;branch=z9hG4bK%s%d", p.via, p.user, p.sent), "Max-Forwards: 70",
		"From: <sip:" + p.user + "@moonroute.test>;tag=" + p.user, "To: " + to, "Call-ID: call-of-" + p.user,
		fmt.Sprintf("CSeq: %d %s", p.sent, method), "Contact: " + p.contact,
	}, headers...)
	return strings.Join(append(lines, "Content-Length: 0"), "\r\n") + "\r\n\r\n"
}

// expect is the next message but 100 Trying.
func (p *phone) expect(text string) string {
	p.t.Helper()
	m := p.receive()
	for strings.HasPrefix(m, "SIP/2.0 100") {
		m = p.receive()
	}
	if line := inproc.StartLine(m); !strings.Contains(line, text) {
		p.t.Fatalf("%s: %q came, want %q\n%s", p.user, line, text, m)
	}
	return m
}

// ask sends a request, and again with credentials once it is challenged.
func (p *phone) ask(method, uri, to string) {
	p.t.Helper()
	p.send(p.request(method, uri, to))
	answer := p.receive()
	for header, credentials := range map[string]string{"WWW-Authenticate": "Authorization", "Proxy-Authenticate": "Proxy-Authorization"} {
		if challenge := inproc.Header(answer, header); challenge != "" {
			if method == "INVITE" {
				p.send(strings.Replace(p.request("ACK", uri, inproc.Header(answer, "To")), fmt.Sprintf("%s%d", p.user, p.sent), fmt.Sprintf("%s%d", p.user, p.sent-1), 1))
			}
			p.send(p.request(method, uri, to, credentials+": "+p.credentials(challenge, method, uri)))
			return
		}
	}
	p.t.Fatalf("%s: no challenge but\n%s", p.user, answer)
}

func (p *phone) credentials(challenge, method, uri string) string {
	d, err := sip.ParseDigest(challenge)
	if err != nil {
		p.t.Fatal(err)
	}
	hash := func(text string) string { sum := md5.Sum([]byte(text)); return hex.EncodeToString(sum[:]) }
	response := hash(hash(p.user+":"+d.Realm+":"+p.password) + ":" + d.Nonce + ":00000001:c:auth:" + hash(method+":"+uri))
	return fmt.Sprintf(`Digest username=%q, realm=%q, nonce=%q, uri=%q, response=%q, qop=auth, nc=00000001, cnonce="c"`, p.user, d.Realm, d.Nonce, uri, response)
}

func (p *phone) register() {
	p.t.Helper()
	p.ask("REGISTER", "sip:moonroute.test", "<sip:"+p.user+"@moonroute.test>")
	p.expect("200")
}

// call has one phone call the other, which hangs up.
func call(t *testing.T, from, to *phone) {
	t.Helper()
	target := "sip:" + to.user + "@moonroute.test"
	from.ask("INVITE", target, "<"+target+">")
	invite := to.expect("INVITE")
	if uri := strings.Fields(invite)[1]; !strings.Contains(to.contact, uri) {
		t.Errorf("the INVITE is for %s, not for %s", uri, to.contact)
	}
	to.send(inproc.Reply(invite, 200, "OK", "Contact: "+to.contact))
	ok := from.expect("200")
	contact, _, err := sip.ParseNameAddr(inproc.Header(ok, "Contact"))
	if err != nil || strings.Contains(contact.URIText, "invalid") {
		t.Fatalf("the caller is to send to %s: %v", contact.URIText, err)
	}
	from.send(from.request("ACK", contact.URIText, inproc.Header(ok, "To"), routes(ok, true)...))
	ack := to.expect("ACK")
	if uri := strings.Fields(ack)[1]; !strings.Contains(to.contact, uri) {
		t.Errorf("the ACK is for %s, not for %s", uri, to.contact)
	}
	back, _, err := sip.ParseNameAddr(inproc.Header(invite, "Contact"))
	if err != nil {
		t.Fatal(err)
	}
	bye := to.request("BYE", back.URIText, inproc.Header(invite, "From"), routes(invite, false)...)
	bye = strings.Replace(bye, "Call-ID: call-of-"+to.user, "Call-ID: call-of-"+from.user, 1)
	to.send(bye)
	got := from.expect("BYE")
	if uri := strings.Fields(got)[1]; !strings.Contains(from.contact, uri) {
		t.Errorf("the BYE is for %s, not for %s", uri, from.contact)
	}
	from.send(inproc.Reply(got, 200, "OK"))
	to.expect("200")
}

// routes are the Route headers that follow from Record-Route: the caller goes through them backwards.
func routes(message string, backwards bool) (list []string) {
	for line := range strings.SplitSeq(message, "\r\n") {
		if value, ok := strings.CutPrefix(line, "Record-Route: "); ok {
			route := "Route: " + value
			if backwards {
				list = append([]string{route}, list...)
			} else {
				list = append(list, route)
			}
		}
	}
	return list
}

func TestCalls(t *testing.T) {
	kinds := map[string]func(*testing.T, *inproc.Server, string, string) *phone{"page": page, "desk": desk}
	for from, makeCaller := range kinds {
		for to, makeCallee := range kinds {
			t.Run(from+" to "+to, func(t *testing.T) {
				s := start(t)
				alice, bob := makeCaller(t, s, "alice", "looking-glass"), makeCallee(t, s, "bob", "can-we-fix-it")
				alice.register()
				bob.register()
				call(t, alice, bob)
			})
		}
	}
}

// TestNoOpenRelay: strangers, other domains and calls that nobody let in are refused.
func TestNoOpenRelay(t *testing.T) {
	s := start(t)
	stranger := desk(t, s, "mallory", "guess")
	victim := "sip:victim@198.51.100.1"
	stranger.send(stranger.request("INVITE", victim, "<"+victim+">"))
	stranger.expect("407")
	stranger.send(stranger.request("BYE", victim, "<"+victim+">;tag=x", "Route: <sip:198.51.100.2;lr>"))
	stranger.expect("403")
	alice := page(t, s, "alice", "looking-glass")
	alice.ask("INVITE", victim, "<"+victim+">")
	alice.expect("403")
	alice.password = "wrong"
	alice.ask("REGISTER", "sip:moonroute.test", "<sip:alice@moonroute.test>")
	alice.expect("401")
}

func TestHandshakesOfStrangers(t *testing.T) {
	s := start(t, "ORIGIN=https://phone.example.org")
	for _, x := range []struct {
		name, request string
		want          int
	}{
		{"our page", inproc.Handshake("/sip", "sip", "Origin: https://phone.example.org"), 101},
		{"another page", inproc.Handshake("/sip", "sip", "Origin: https://evil.example"), 403},
		{"no page", inproc.Handshake("/sip", "sip", "Origin:"), 403},
		{"another path", inproc.Handshake("/", "sip", "Origin: https://phone.example.org"), 404},
		{"no WebSocket", "GET /sip HTTP/1.1\r\nHost: x\r\nOrigin: https://phone.example.org\r\n\r\n", 400},
	} {
		if got := s.Upgrade(flow.TCP, x.request).Response.StatusCode; got != x.want {
			t.Errorf("%s: %d %s, want %d", x.name, got, http.StatusText(got), x.want)
		}
	}
}
