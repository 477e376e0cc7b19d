package pv

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var messageVars = kemi.Vars[state]{
	{Name: "rm", Get: message(getMethod), Doc: "method; of a reply the one in CSeq"},
	{Name: "rmid", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(methodOf(m)) }), Doc: "number of the method"},
	{Name: "rv", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return text(m.Version) }), Doc: "protocol version"},
	{Name: "mi", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(int(m.ID)) }), Doc: "number of the message on this server"},
	{Name: "mt", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return pick(m, kemi.Int(1), kemi.Int(2)) }), Doc: "1 for a request, 2 for a reply"},
	{Name: "mts", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return pick(m, kemi.Str("rq"), kemi.Str("rp")) }), Doc: "rq for a request, rp for a reply"},
	{Name: "pr", Get: message(getProto), Doc: "transport over which the message came"},
	{Name: "proto", Get: message(getProto), Doc: "transport over which the message came"},
	{Name: "prid", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(int(m.Flow.Proto)) }), Doc: "number of the transport over which the message came"},
	{Name: "conid", Get: message(getConnection), Doc: "number of the connection over which the message came"},
	{Name: "af", Named: true, Parse: parseFamily, Get: getFamily, Doc: "id or name: address family over which the message came"},
	{Name: "K", Named: true, Parse: parseConstant, Get: getConstant, Doc: "number of a name: IPv4, IPv6, UDP, TCP, TLS, SCTP, WS, WSS"},
}

func pick(m *route.Message, request, reply kemi.Value) kemi.Value {
	if m.IsRequest {
		return request
	}
	return reply
}

func getMethod(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if m.IsRequest {
		return kemi.StrNum(m.MethodName, int(m.Method))
	}
	cseq, err := m.CSeq()
	if err != nil {
		return kemi.Null
	}
	return kemi.StrNum(cseq.MethodName, int(cseq.Method))
}

func methodOf(m *route.Message) int {
	if m.IsRequest {
		return int(m.Method)
	}
	cseq, _ := m.CSeq()
	return int(cseq.Method)
}

func getProto(_ *kemi.Ctx, m *route.Message) kemi.Value {
	return kemi.StrNum(m.Flow.Proto.String(), int(m.Flow.Proto))
}

func getConnection(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if m.Flow.Conn == 0 {
		return kemi.Null
	}
	return kemi.Int(int(m.Flow.Conn))
}

// Numbers of the address families, as the incumbent's platform has them.
const (
	familyIPv4 = 2
	familyIPv6 = 10
)

// constants are the names inside $K(…).
var constants = map[string]int{
	"IPv4": familyIPv4, "INET": familyIPv4, "IPv6": familyIPv6, "INET6": familyIPv6,
	"UDP": int(flow.UDP), "TCP": int(flow.TCP), "TLS": int(flow.TLS), "SCTP": int(flow.SCTP), "WS": int(flow.WS), "WSS": int(flow.WSS),
}

func parseConstant(_ *state, _ *kemi.Registry, inner string) (any, error) {
	n, ok := constants[inner]
	if !ok {
		return nil, errName
	}
	return kemi.Int(n), nil
}

func getConstant(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(kemi.Value) }

func parseFamily(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner != "id" && inner != "name" {
		return nil, errName
	}
	return inner == "name", nil
}

func getFamily(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	v6 := c.Msg.Flow.Remote.Addr().Unmap().Is6()
	switch {
	case a.Data.(bool) && v6:
		return kemi.Str("IPv6")
	case a.Data.(bool):
		return kemi.Str("IPv4")
	case v6:
		return kemi.Int(familyIPv6)
	}
	return kemi.Int(familyIPv4)
}
