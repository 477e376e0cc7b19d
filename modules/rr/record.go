package rr

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// ours marks the edits that add Record-Route.
const ours = uint8(sip.HdrRecordRoute)

// header is a Record-Route of ours. It is written when the request leaves, because it names the socket that sends.
type header struct {
	s       *state
	m       *route.Message
	scheme  string
	user    string // with its @; empty: none
	tag     string // value of ftag; empty: none
	params  string // of record_route_params
	address string // of record_route_advertised_address
}

// record adds Record-Route. In a branch route it is the branch's own and does not count for the others.
func (s *state) record(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h, ok := s.begin(c)
	if !ok {
		return no
	}
	if a.Len() > 0 {
		h.params = a.Str(0)
	}
	add(c, h.render)
	return yes
}

func (s *state) advertised(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h, ok := s.begin(c)
	if !ok {
		return no
	}
	h.address = a.Str(0)
	add(c, h.renderAdvertised)
	return yes
}

// preset adds a header for each address. What add_rr_param gave before stands before ;lr, later ones after it.
func (s *state) preset(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if _, err := c.Msg.From(); err != nil && s.fromTag != 0 {
		return no
	}
	h, ok := s.begin(c)
	if !ok {
		return no
	}
	if h.tag != "" {
		h.tag = fromTag(c.Msg) // in either direction, other than with record_route
	}
	early := c.Msg.RouteParams
	addresses := [2]string{a.Str(0)}
	n := 1
	if a.Len() > 1 && a.Str(1) != "" {
		addresses[1], n = a.Str(1), 2
	}
	add(c, func(*route.Outgoing) string {
		dst := make([]byte, 0, 256)
		for _, address := range addresses[:n] {
			dst = append(h.open(dst), address...)
			dst = append(h.appendTag(dst), early...)
			dst = append(h.appendLR(dst), h.m.RouteParams[len(early):]...)
			dst = append(dst, ">\r\n"...)
		}
		return string(dst)
	})
	return yes
}

// begin checks that the message takes a Record-Route now, and finds its constant parts.
func (s *state) begin(c *kemi.Ctx) (h *header, ok bool) {
	m := c.Msg
	if m.RecordRouted {
		return nil, false
	}
	if c.Kind() != route.BranchRoute {
		m.RecordRouted = true
	}
	h = &header{s: s, m: m, scheme: "sip:", user: s.userPart(c)}
	if s.ignoreSIPS == 0 && len(m.CurrentURI()) > 4 && sip.EqualFold(m.CurrentURI()[:5], "sips:") {
		h.scheme = "sips:"
	}
	if s.fromTag != 0 {
		h.tag = s.callerTag(m)
	}
	return h, true
}

// add leaves replies alone: they carry the request's Record-Route (RFC 3261 12.1.1). Scripts get no error for it.
func add(c *kemi.Ctx, render func(*route.Outgoing) string) {
	if !c.Msg.IsRequest {
		return
	}
	c.Msg.Edits.Add(route.Edit{At: c.Msg.HeadersStart, Render: render, Header: ours})
}

// userPart is the user of the header's URI with its @, or "".
func (s *state) userPart(c *kemi.Ctx) string {
	if s.user != nil {
		if v := s.user.Get(c); v.Text() != "" {
			return v.Text() + "@"
		}
	}
	if s.addUser == 0 {
		return ""
	}
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil || u.User == "" {
		return ""
	}
	return u.User + "@"
}

// render writes the header of the side that the request came in by, and before it that of the outgoing side if
// another socket sends.
func (h *header) render(o *route.Outgoing) string {
	in, out := h.m.Flow.Local, o.Flow.Local
	dst := make([]byte, 0, 256)
	double := h.s.double == 2 || h.s.double != 0 && in != out
	if double {
		dst = h.append(dst, out, o.Flow.Proto, true, true)
	}
	return string(h.append(dst, in, h.m.Flow.Proto, false, double))
}

func (h *header) append(dst []byte, sock *flow.Socket, p flow.Proto, outgoing, double bool) []byte {
	dst = h.appendAddress(h.open(dst), sock, outgoing)
	if p != flow.UDP {
		dst = appendTransport(dst, p)
	}
	if h.s.sockName != 0 && sock != nil && sock.Name != "" {
		dst = append(append(dst, ";sn="...), sock.Name...)
	}
	if double {
		dst = append(dst, ";r2=on"...)
	}
	dst = h.appendTag(h.appendLR(dst))
	dst = append(dst, h.params...)
	dst = append(dst, h.m.RouteParams...)
	return append(dst, ">\r\n"...)
}

// renderAdvertised writes the given address; the transport stands in it only if it changes on the way.
func (h *header) renderAdvertised(o *route.Outgoing) string {
	dst := make([]byte, 0, 256)
	double := h.s.double != 0 && o.Flow.Proto != h.m.Flow.Proto
	if double {
		dst = h.appendAdvertised(dst, o.Flow.Proto, true)
	}
	return string(h.appendAdvertised(dst, h.m.Flow.Proto, double))
}

func (h *header) appendAdvertised(dst []byte, p flow.Proto, double bool) []byte {
	dst = append(h.open(dst), h.address...)
	if double {
		dst = append(appendTransport(dst, p), ";r2=on"...)
	}
	dst = h.appendLR(h.appendTag(dst))
	dst = append(dst, h.m.RouteParams...)
	return append(dst, ">\r\n"...)
}

func (h *header) open(dst []byte) []byte {
	dst = append(dst, "Record-Route: <"...)
	dst = append(dst, h.scheme...)
	return append(dst, h.user...)
}

// appendAddress writes host and port of a socket as peers are told them. set_advertised_address counts for the
// outgoing side; the port 5060 goes without saying.
func (h *header) appendAddress(dst []byte, sock *flow.Socket, outgoing bool) []byte {
	if sock == nil {
		return dst
	}
	host, port := sock.SentBy()
	if outgoing && h.m.AdvertiseHost != "" {
		host = h.m.AdvertiseHost
	}
	if outgoing && h.m.AdvertisePort != "" {
		port = h.m.AdvertisePort
	}
	dst = append(dst, host...)
	if port != "5060" {
		dst = append(append(dst, ':'), port...)
	}
	return dst
}

// appendTransport writes ;transport=; secure WebSocket has no name of its own in URIs (RFC 7118 5.3).
func appendTransport(dst []byte, p flow.Proto) []byte {
	if p == flow.WSS {
		p = flow.WS
	}
	return append(append(dst, ";transport="...), p.String()...)
}

func (h *header) appendLR(dst []byte) []byte {
	if h.s.fullLR != 0 {
		return append(dst, ";lr=on"...)
	}
	return append(dst, ";lr"...)
}

func (h *header) appendTag(dst []byte) []byte {
	if h.tag == "" {
		return dst
	}
	return append(append(dst, ";ftag="...), h.tag...)
}
