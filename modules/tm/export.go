package tm

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// exportVersion is the first line of what t_write_req and t_write_unix write.
const exportVersion = "0.3"

// empty stands for a value that is not there.
const empty = "."

// exported is a request as 20 parts, each ended by a line feed, for an application server that goes on with it and
// answers through tm.reply. Parts 19 and 20 have several lines: the additions up to a dot, and the body.
func exported(c *kemi.Ctx, t *tm.Transaction, action string, set *appendSet) ([]byte, bool) {
	m := c.Msg
	uri, err := sip.ParseURI(m.CurrentURI())
	from, errFrom := m.From()
	to, errTo := m.To()
	cseq, errCSeq := m.CSeq()
	if err != nil || errFrom != nil || errTo != nil || errCSeq != nil {
		return nil, false
	}
	w := partWriter{}
	w.parts(exportVersion, "sip_request."+action, m.MethodName, uri.User, uri.Host)
	host, port := "", ""
	if local := m.Flow.Local; local != nil {
		host, port = local.Host, local.PortText
	}
	if port == "5060" {
		port = empty
	}
	next, routes, hop := remoteTarget(m, from.URIText)
	w.parts(host, port, m.RequestURI, next, withoutParams(from), withoutParams(to), m.CallID())
	id := t.ID()
	w.parts(from.Tag, to.Tag, cseq.NumberText, strconv.FormatUint(uint64(id.Index), 10)+":"+strconv.FormatUint(uint64(id.Label), 10))
	w.parts(orEmpty(strings.Join(routes, ",")), hop)
	w.additions(c, set)
	w.parts(bodyPart(m, set))
	return w.out, true
}

type partWriter struct{ out []byte }

func (w *partWriter) parts(list ...string) {
	for _, p := range list {
		w.out = append(w.out, p...)
		w.out = append(w.out, '\n')
	}
}

// additions are lines "title: value", the message flags first, and a dot.
func (w *partWriter) additions(c *kemi.Ctx, set *appendSet) {
	w.parts("P-MsgFlags: " + reverseHex(c.Msg.Flags))
	for _, e := range set.elements {
		if v := e.value(c); !v.IsNull() {
			w.parts(e.title + ": " + v.Text())
		}
	}
	w.parts(empty)
}

// reverseHex writes a number in hexadecimal, the lowest digit first.
func reverseHex(n uint32) string {
	out := make([]byte, 0, 8)
	for {
		out = append(out, "0123456789abcdef"[n&15])
		if n >>= 4; n == 0 {
			return string(out)
		}
	}
}

func bodyPart(m *route.Message, set *appendSet) string {
	if m.Method.Has(sip.MethodInvite|sip.MethodInfo) || set.body {
		return m.Body()
	}
	return empty
}

// remoteTarget is where requests within the dialog would go: their request URI, Route set and first
// hop (RFC 3261 12.1.1). Behind a first hop that routes strictly it is the hop's own URI.
func remoteTarget(m *route.Message, from string) (uri string, routes []string, hop string) {
	uri, hop = from, empty
	if c := m.Contacts(); c.Next() && !c.Star && c.Addr.URIText != "" {
		uri = c.Addr.URIText
	}
	var first string
	for rr := m.RecordRoutes(); rr.Next(); {
		if first == "" {
			first = rr.Addr.URIText
		}
		routes = append(routes, "<"+rr.Addr.URIText+">")
	}
	switch {
	case first == "":
	case isLoose(first):
		hop = first
	default:
		routes = append(routes[1:], "<"+uri+">")
		uri = first
	}
	return uri, routes, hop
}

func isLoose(uri string) bool {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return false
	}
	_, loose := u.Param("lr")
	return loose
}

// withoutParams is an address as written, without the parameters of its header.
func withoutParams(a *sip.NameAddr) string {
	return strings.TrimRight(strings.TrimSuffix(a.Raw, a.Params), "; \t")
}

func orEmpty(text string) string {
	if text == "" {
		return empty
	}
	return text
}
