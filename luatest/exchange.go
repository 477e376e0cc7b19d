package luatest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/sip"
)

// exchange is a request of a peer and the replies to it.
type exchange struct {
	peer     *peer
	method   string
	branch   string
	sent     draft
	request  *message
	replies  []*message // each once
	taken    int        // of replies
	repeats  int        // replies that came again
	user     string     // of credentials
	password string     // a challenge is answered with it
	answered bool       // one has been
	sends    error
}

// ask sends a request and keeps what comes back for it.
func (x *peer) ask(d *draft, user, password string) (*exchange, error) {
	e := &exchange{peer: x, sent: *d, user: user, password: password}
	x.exchanges = append(x.exchanges, e)
	return e, e.send()
}

// askRaw is ask for a message as it is typed.
func (x *peer) askRaw(text string) (*exchange, error) {
	m, err := sip.Parse(text)
	if err != nil || !m.IsRequest {
		return nil, x.send(x.wayTo(""), text)
	}
	e := &exchange{peer: x, request: &message{Message: m, at: x.w.elapsed()}}
	e.method, e.branch = e.request.method(), e.request.branch()
	x.exchanges = append(x.exchanges, e)
	return e, x.send(x.wayTo(""), text)
}

// send sends the request as it now stands.
func (e *exchange) send() error {
	text := e.sent.text()
	m, err := sip.Parse(text)
	if err != nil {
		return failf("the request cannot be sent: %v\n%s", err, text)
	}
	e.request = &message{Message: m, at: e.peer.w.elapsed()}
	e.method, e.branch = e.request.method(), e.request.branch()
	return e.peer.send(e.peer.wayTo(e.nextHop()), text)
}

// nextHop is the URI that decides where the request goes; empty: to the server.
func (e *exchange) nextHop() string {
	if routes := e.request.list("Route"); len(routes) > 0 {
		return uriOf(routes[0])
	}
	if tag(e.request.first("To")) != "" {
		return e.request.RequestURI
	}
	return ""
}

// got takes a reply. Negative ones to an INVITE get their ACK, and a challenge its answer.
func (e *exchange) got(m *message) {
	if e.method == "INVITE" && m.Status >= 300 {
		e.sends = e.peer.send(m.flow, e.hopACK(m))
	}
	for _, before := range e.replies {
		if before.Raw == m.Raw {
			e.repeats++
			return
		}
	}
	if (m.Status == 401 || m.Status == 407) && e.password != "" && !e.answered {
		if e.answered = true; e.authorize(m) == nil {
			e.sends = e.send()
			return
		}
	}
	e.replies = append(e.replies, m)
}

// hopACK is the ACK of a negative reply (RFC 3261 17.1.1.3).
func (e *exchange) hopACK(reply *message) string {
	d := &draft{start: "ACK " + e.request.RequestURI + " SIP/2.0"}
	d.add("Via", e.request.first("Via"))
	d.add("Max-Forwards", "70")
	d.add("From", e.request.first("From"))
	d.add("To", reply.first("To"))
	d.add("Call-ID", e.request.CallID())
	d.add("CSeq", number(e.request)+" ACK")
	for _, r := range e.request.values("Route") {
		d.add("Route", r)
	}
	return d.text()
}

func number(m *message) string {
	n, _, _ := strings.Cut(m.first("CSeq"), " ")
	return n
}

// authorize adds the credentials that a challenge asks for (RFC 7616).
func (e *exchange) authorize(m *message) error {
	challenge, credentials := "WWW-Authenticate", "Authorization"
	if m.Status == 407 {
		challenge, credentials = "Proxy-Authenticate", "Proxy-Authorization"
	}
	asked, err := sip.ParseDigest(m.first(challenge))
	if err != nil {
		return err
	}
	algorithm, ok := digest.FindAlgorithm(cmp.Or(asked.Algorithm, "MD5"))
	if !ok {
		return fmt.Errorf("no algorithm %s", asked.Algorithm)
	}
	a := sip.Digest{Username: cmp.Or(e.user, e.peer.user), Realm: asked.Realm, Nonce: asked.Nonce, URI: e.request.RequestURI}
	params := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s`, a.Username, a.Realm, a.Nonce, a.URI, algorithm.Name)
	if strings.Contains(asked.QOP, "auth") {
		a.QOP, a.NC, a.CNonce = "auth", "00000001", "c0"+strconv.Itoa(len(e.peer.exchanges))
		params += fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s"`, a.NC, a.CNonce)
	}
	if asked.Opaque != "" {
		params += fmt.Sprintf(`, opaque="%s"`, asked.Opaque)
	}
	response := algorithm.AppendResponse(nil, algorithm.HA1(a.Username, a.Realm, e.password), &a, e.method, e.sent.body)
	e.sent.set(credentials, params+fmt.Sprintf(`, response="%s"`, response))
	e.peer.cseq++
	e.sent.set("CSeq", strconv.Itoa(e.peer.cseq)+" "+e.method)
	e.sent.set("Via", e.peer.via())
	return nil
}

// cancel sends the CANCEL of the request (RFC 3261 9.1).
func (e *exchange) cancel() (*exchange, error) {
	d := &draft{start: "CANCEL " + e.request.RequestURI + " SIP/2.0"}
	d.add("Via", e.request.first("Via"))
	d.add("Max-Forwards", "70")
	for _, name := range []string{"From", "To", "Call-ID"} {
		d.add(name, e.request.first(name))
	}
	d.add("CSeq", number(e.request)+" CANCEL")
	for _, r := range e.request.values("Route") {
		d.add("Route", r)
	}
	return e.peer.ask(d, "", "")
}

// answer is the last reply that makes a dialog, or nil.
func (e *exchange) answer() *message {
	for i := len(e.replies) - 1; i >= 0; i-- {
		if r := e.replies[i]; r.Status > 100 && r.Status < 300 && tag(r.first("To")) != "" {
			return r
		}
	}
	return nil
}
