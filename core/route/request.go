package route

import (
	"cmp"
	"strconv"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// AppendRequest appends a request as it leaves the server: the edits applied, our Via on
// top, and the source address written into the client's Via (RFC 3261 16.6, 18.2.1; RFC 3581).
func AppendRequest(dst []byte, m *Message, o *Outgoing) []byte {
	w := writer{dst: dst, raw: m.Raw, edits: m.Edits.list, out: o}
	w.requestLine(m)
	via := m.First(sip.HdrVia)
	if via == nil {
		w.rest(m)
		return w.dst
	}
	w.to(via.Start)
	w.dst = appendRouteSet(w.dst, o.Path)
	w.dst = appendOwnVia(w.dst, m, o)
	w.clientVia(m)
	w.rest(m)
	return w.dst
}

// requestLine writes the start line with the URI of the branch.
func (w *writer) requestLine(m *Message) {
	w.dst = append(w.dst, m.MethodName...)
	w.dst = append(w.dst, ' ')
	uri := w.out.URI
	if uri == "" {
		uri = m.RequestURI
	}
	w.dst = append(w.dst, uri...)
	w.skip(m.Offset(m.RequestURI) + len(m.RequestURI))
	for w.next < len(w.edits) && w.edits[w.next].At < w.pos {
		w.next++ // an edit of the start line has no place in what we write
	}
	w.to(m.HeadersStart - 1)
}

// appendOwnVia writes the Via of this hop.
func appendOwnVia(dst []byte, m *Message, o *Outgoing) []byte {
	way := &o.Flow
	if o.Via.Proto != flow.None {
		way = &o.Via
	}
	dst = append(dst, "Via: SIP/2.0/"...)
	dst = append(dst, way.Proto.Upper()...)
	dst = append(dst, ' ')
	host, port := way.Local.SentBy()
	if m.AdvertiseHost != "" {
		host = m.AdvertiseHost
	}
	if m.AdvertisePort != "" {
		port = m.AdvertisePort
	}
	if m.Via != nil {
		h, p := m.Via.SentBy(m)
		host, port = cmp.Or(h, host), cmp.Or(p, port)
	}
	dst = append(dst, host...)
	dst = append(dst, ':')
	dst = append(dst, port...)
	dst = append(dst, ";branch="...)
	dst = append(dst, o.Branch...)
	dst = append(dst, o.ID...)
	if m.Flow.Conn != 0 {
		dst = append(dst, ";i="...)
		dst = strconv.AppendUint(dst, uint64(m.Flow.Conn), 16)
	}
	if m.LocalRport {
		dst = append(dst, ";rport"...)
	}
	if m.Via != nil {
		dst = m.Via.AppendParams(dst, m)
	}
	return append(dst, "\r\n"...)
}

// clientVia writes the top Via as received, with received= and rport= where the peer or
// the script asked for them or the sent-by is not where the request came from.
func (w *writer) clientVia(m *Message) {
	via, err := m.TopVia()
	if err != nil {
		return
	}
	params := paramsPlace(m, via)
	w.to(params)
	if w.pos > params {
		return // an edit took the header out
	}
	if m.ForceRport && !via.HasRPort {
		w.dst = appendRport(append(w.dst, ';'), m)
	}
	if NeedsReceived(m, via) {
		w.dst = appendReceived(w.dst, m)
	}
	if via.HasRPort {
		start, end := rportPlace(m, via)
		w.to(start)
		w.dst = appendRport(w.dst, m)
		w.skip(end)
	}
}

// paramsPlace is where the parameters of the top Via begin, or would.
func paramsPlace(m *Message, via *sip.Via) int {
	if via.Params != "" {
		return m.Offset(via.Params) - 1
	}
	return m.Offset(via.Raw) + len(via.Raw)
}

// NeedsReceived tells whether the source address belongs into the client's Via: it asked
// for rport, or its sent-by names another address (RFC 3261 18.2.1, RFC 3581 4).
func NeedsReceived(m *Message, via *sip.Via) bool {
	return via.HasRPort || !sameHost(via.Host, m.Flow.Remote.Addr())
}

func appendReceived(dst []byte, m *Message) []byte {
	dst = append(dst, ";received="...)
	return m.Flow.Remote.Addr().AppendTo(dst)
}

func appendRport(dst []byte, m *Message) []byte {
	dst = append(dst, "rport="...)
	return strconv.AppendUint(dst, uint64(m.Flow.Remote.Port()), 10)
}

// rportPlace finds the rport parameter of the top Via, from its name to its end.
func rportPlace(m *Message, via *sip.Via) (start, end int) {
	for p := sip.ParseParams(via.Params); p.Next(); {
		if sip.EqualFold(p.Name, "rport") {
			start = m.Offset(p.Name)
			end = start + len(p.Name)
			if p.HasValue {
				end++
			}
			if p.Value != "" {
				end = m.Offset(p.Value) + len(p.Value)
			}
			return start, end
		}
	}
	at := m.Offset(via.Raw) + len(via.Raw)
	return at, at
}

// appendRouteSet writes the branch's own Route set (a registration's Path) above all others of its kind.
func appendRouteSet(dst []byte, path string) []byte {
	if path == "" {
		return dst
	}
	dst = append(dst, "Route: "...)
	dst = append(dst, path...)
	return append(dst, "\r\n"...)
}

// rest writes what is left, with a Content-Length that fits the body.
func (w *writer) rest(m *Message) {
	edits := Edits{list: w.edits}
	length := m.First(sip.HdrContentLength)
	changed := edits.lengthens(m.BodyStart)
	stream := w.out != nil && (w.out.Flow.Proto.Reliable() || w.out.Via.Proto.Reliable())
	switch {
	case length != nil && changed:
		w.to(m.Offset(length.Value))
		w.number(edits.bodyLength(m.Raw, m.BodyStart))
		w.skip(m.Offset(length.Value) + len(length.Value))
	case length == nil && (changed || stream):
		w.to(m.HeadersEnd)
		w.dst = append(w.dst, "Content-Length: "...)
		w.number(edits.bodyLength(m.Raw, m.BodyStart))
		w.dst = append(w.dst, "\r\n"...)
	}
	w.to(len(m.Raw))
}

func (w *writer) number(n int) { w.dst = strconv.AppendInt(w.dst, int64(n), 10) }
