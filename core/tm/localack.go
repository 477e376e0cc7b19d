package tm

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// endAck is the ACK to a 2xx for an INVITE of our own, kept for repetitions.
type endAck struct {
	flow          flow.Flow
	sent          []byte
	headers, body string // what a module gives it
}

// acknowledgeAnswer sends the ACK to a 2xx for an INVITE of our own, and again for each
// repetition of the 2xx (RFC 3261 13.2.2.4). Its target is the Contact, its Route set the
// Record-Route of the reply in reverse (12.1.2); local_ack_mode may send it elsewhere.
func (t *Transaction) acknowledgeAnswer(b *Branch, m *route.Message) {
	if b.ack == nil {
		b.ack = new(endAck)
	}
	if b.ack.sent == nil {
		if err := b.buildEndAck(m); err != nil {
			return
		}
	}
	if err := t.table.env.Sender.Send(b.ack.flow, b.ack.sent, b.mode, nil); err == nil {
		t.tell(AckOut, b.index, m.Status, m, b.ack.sent)
	}
}

// buildEndAck finds the way of the ACK and writes it.
func (b *Branch) buildEndAck(m *route.Message) (err error) {
	uri, routes := dialogRoute(m)
	if uri == "" {
		uri = b.URI
	}
	hop := uri
	if len(routes) > 0 {
		hop = routes[0]
	}
	if b.ack.flow, err = b.t.ackFlow(b, m, hop); err == nil {
		b.ack.sent = b.appendEndAck(m, uri, routes)
	}
	return err
}

// ackFlow is the way of such an ACK by local_ack_mode.
func (t *Transaction) ackFlow(b *Branch, m *route.Message, hop string) (flow.Flow, error) {
	switch t.table.env.Params.Get().LocalAckMode {
	case 1:
		return b.flow, nil
	case 2:
		return m.Flow, nil
	}
	flows, err := t.table.env.Targets.Targets(hop, b.flow.Local, t.Request())
	if err == nil && len(flows) == 0 {
		err = ErrBadURI
	}
	if err != nil {
		return flow.Flow{}, err
	}
	return flows[0], nil
}

// dialogRoute reads the remote target and the Route set, the nearest hop first, from a 2xx.
func dialogRoute(m *route.Message) (uri string, routes []string) {
	if c := m.Contacts(); c.Next() && !c.Star {
		uri = c.Addr.URIText
	}
	for rr := m.RecordRoutes(); rr.Next(); {
		routes = append([]string{rr.Addr.URIText}, routes...)
	}
	return uri, routes
}

// appendEndAck writes the ACK. A first hop that routes strictly takes the request URI (RFC 3261 12.2.1.1).
func (b *Branch) appendEndAck(reply *route.Message, uri string, routes []string) []byte {
	t := b.t
	r := t.Request()
	if len(routes) > 0 && !isLoose(routes[0]) {
		uri, routes = routes[0], append(routes[1:], uri)
	}
	out := sip.AppendRequestLine(nil, "ACK", uri)
	out = b.appendAckVia(out)
	for _, hop := range routes {
		out = append(out, "Route: <"...)
		out = append(out, hop...)
		out = append(out, ">\r\n"...)
	}
	for _, kind := range [...]sip.HeaderType{sip.HdrFrom, sip.HdrCallID} {
		if h := r.First(kind); h != nil {
			out = append(out, r.Raw[h.Start:h.End]...)
		}
	}
	if h := reply.First(sip.HdrTo); h != nil {
		out = append(out, reply.Raw[h.Start:h.End]...)
	}
	out = appendCSeq(out, r.Message, "ACK")
	out = append(out, "Max-Forwards: 70\r\n"...)
	out = append(out, withLineEnd(b.ack.headers)...)
	out = sip.AppendIntHeader(out, "Content-Length", len(b.ack.body))
	out = append(out, "\r\n"...)
	return append(out, b.ack.body...)
}

// appendAckVia writes the Via of such an ACK. It is no part of the INVITE's transaction and should have a branch
// parameter of its own (RFC 3261 8.1.1.7); the incumbent uses the INVITE's unless local_ack_branch_mode says otherwise.
func (b *Branch) appendAckVia(dst []byte) []byte {
	f := &b.ack.flow
	host, port := b.t.sentBy(f)
	dst = append(dst, "Via: SIP/2.0/"+f.Proto.Upper()+" "+host+":"+port+";branch="...)
	if b.t.table.env.Params.Get().LocalAckBranch == 0 {
		dst = b.t.branchID(b.index).appendTo(dst)
	} else {
		dst = append(dst, cookie+b.t.table.newTag()...)
	}
	return append(dst, "\r\n"...)
}

func isLoose(uri string) bool {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return false
	}
	_, has := u.Param("lr")
	return has
}
