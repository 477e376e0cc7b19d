package pv

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var replyVars = kemi.Vars[state]{
	{Name: "rs", Get: reply(func(m *route.Message) kemi.Value { return kemi.Int(m.Status) }), Doc: "status code of a reply"},
	{Name: "rsi", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(m.Status) }), Doc: "status code of a reply; 0 for a request"},
	{Name: "rr", Get: reply(func(m *route.Message) kemi.Value { return kemi.Str(m.Reason) }), Doc: "reason phrase of a reply"},
	{Name: "rpl", Named: true, Parse: parseReply, Get: getReply, Doc: "of a reply: duri and dport say where it goes, cntvia and cntrr count Via and Record-Route values"},
}

// reply makes a getter for what only replies have.
func reply(get func(m *route.Message) kemi.Value) getter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		if c.Msg == nil || c.Msg.IsRequest {
			return kemi.Null
		}
		return get(c.Msg)
	}
}

// replyParts are the names inside $rpl(…).
var replyParts = map[string]getter{
	"duri":   reply(getReplyURI),
	"dhost":  reply(func(m *route.Message) kemi.Value { host, _, _ := replyHop(m); return text(host) }),
	"dport":  reply(func(m *route.Message) kemi.Value { _, port, _ := replyHop(m); return kemi.Int(port) }),
	"dproto": reply(func(m *route.Message) kemi.Value { _, _, p := replyHop(m); return text(p.String()) }),
	"cntvia": reply(func(m *route.Message) kemi.Value { return kemi.Int(countFields(m, &header{kind: sip.HdrVia})) }),
	"cntrr":  reply(func(m *route.Message) kemi.Value { return kemi.Int(countFields(m, &header{kind: sip.HdrRecordRoute})) }),
}

// replyHop is where a reply goes by its second Via (RFC 3261 18.2.2, RFC 3581).
func replyHop(m *route.Message) (host string, port int, p flow.Proto) {
	v := secondVia(m)
	if v == nil {
		return "", 0, flow.None
	}
	host = v.Host
	if v.Received != "" {
		host = v.Received
	}
	port = viaPort(v).Int()
	if rport := kemi.Str(v.RPort).Number(); rport > 0 {
		port = rport
	}
	return host, port, viaProto(v)
}

func getReplyURI(m *route.Message) kemi.Value {
	host, port, p := replyHop(m)
	if host == "" {
		return kemi.Null
	}
	return kemi.Str("sip:" + host + ":" + kemi.Int(port).Text() + ";transport=" + p.String())
}

func parseReply(_ *state, _ *kemi.Registry, inner string) (any, error) {
	get, ok := replyParts[inner]
	if !ok {
		return nil, errName
	}
	return get, nil
}

func getReply(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(getter)(s, c, a) }
