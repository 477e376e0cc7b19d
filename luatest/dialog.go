package luatest

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/moonroute/moonroute/core/sip"
)

// dialog is what a peer knows of a call (RFC 3261 12).
type dialog struct {
	peer          *peer
	callID        string
	local, remote string // From and To of own requests, with tags
	target        string
	routes        []string
	cseq          int
}

// dialog is that of a request which the peer has sent.
func (e *exchange) dialog() (*dialog, error) {
	answer := e.answer()
	if answer == nil {
		return nil, failf("there is no dialog: no reply to the %s has made one", e.method)
	}
	routes := answer.list("Record-Route")
	slices.Reverse(routes)
	return &dialog{
		peer: e.peer, callID: e.request.CallID(), local: e.request.first("From"), remote: answer.first("To"),
		target: cmp.Or(uriOf(answer.first("Contact")), e.request.RequestURI), routes: routes, cseq: e.peer.cseq,
	}, nil
}

// request writes a request in the dialog. An ACK has the number of its INVITE.
func (g *dialog) request(method string, cseq int, o *options) *draft {
	d := &draft{start: method + " " + cmp.Or(o.uri, g.target) + " SIP/2.0"}
	d.add("Via", g.peer.via())
	d.add("Max-Forwards", "70")
	for _, r := range g.routes {
		d.add("Route", r)
	}
	d.add("From", g.local)
	d.add("To", g.remote)
	d.add("Call-ID", g.callID)
	d.add("CSeq", strconv.Itoa(cseq)+" "+method)
	d.add("Contact", nameAddr(cmp.Or(o.contact, g.peer.contact())))
	d.apply(o)
	return d
}

// ask sends a request in the dialog.
func (g *dialog) ask(method string, o *options) (*exchange, error) {
	g.peer.cseq++
	return g.peer.ask(g.request(method, g.peer.cseq, o), o.user, o.password)
}

// ack sends the ACK of a positive reply (RFC 3261 13.2.2.4).
func (e *exchange) ack(o *options) (*exchange, error) {
	g, err := e.dialog()
	if err != nil {
		return nil, err
	}
	cseq, _ := strconv.Atoi(number(e.request))
	return g.peer.ask(g.request("ACK", cseq, o), "", "")
}

// request is a request that came to a peer, and what the peer has answered.
type request struct {
	*message
	peer    *peer
	repeats int        // how often it came again
	acks    []*message // of the peer's final reply
	final   int        // code of that reply; 0: none yet
	tag     string     // To tag of the replies
	contact string
}

// reply answers the request.
func (r *request) reply(code int, o *options) error {
	d := &draft{start: "SIP/2.0 " + strconv.Itoa(code) + " " + cmp.Or(o.reason, sip.ReasonPhrase(code))}
	for _, via := range r.values("Via") {
		d.add("Via", via)
	}
	if code < 300 {
		for _, rr := range r.values("Record-Route") {
			d.add("Record-Route", rr)
		}
	}
	d.add("From", r.first("From"))
	d.add("To", r.to(code))
	d.add("Call-ID", r.CallID())
	d.add("CSeq", r.first("CSeq"))
	if code > 100 && code < 300 {
		r.contact = cmp.Or(o.contact, r.peer.contact())
		d.add("Contact", nameAddr(r.contact))
	}
	d.apply(o)
	if code >= 200 {
		r.final = code
	}
	return r.peer.send(r.flow, d.text())
}

// to is the To of a reply, with the peer's tag unless it is a 100 or the request is in a dialog.
func (r *request) to(code int) string {
	to := r.first("To")
	if code == 100 || tag(to) != "" {
		return to
	}
	if r.tag == "" {
		r.peer.w.number++
		r.tag = r.peer.name + strconv.Itoa(r.peer.w.number)
	}
	return to + ";tag=" + r.tag
}

// dialog is that of a request which the peer has answered.
func (r *request) dialog() (*dialog, error) {
	if r.tag == "" && tag(r.first("To")) == "" {
		return nil, failf("there is no dialog: %s has not answered the %s", r.peer.name, r.method())
	}
	return &dialog{
		peer: r.peer, callID: r.CallID(), local: r.to(200), remote: r.first("From"),
		target: uriOf(r.first("Contact")), routes: r.list("Record-Route"),
	}, nil
}
