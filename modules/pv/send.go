package pv

import (
	"net/netip"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var sendVars = kemi.Vars[state]{
	{Name: "snd", Named: true, Parse: parseSend, Get: getSend(sendTo), Doc: "in the onsend route, where the message goes: ip, port, proto, sproto, af, buf, len"},
	{Name: "sndto", Named: true, Parse: parseSend, Get: getSend(sendTo), Doc: "in the onsend route, where the message goes"},
	{Name: "sndfrom", Named: true, Parse: parseSend, Get: getSend(sendFrom), Doc: "in the onsend route, from which socket the message goes"},
	{Name: "rcv", Named: true, Parse: parseReceive, Get: none, Set: setNone, Doc: "the received packet, in the event of raw packets; null elsewhere"},
	{Name: "recv", Named: true, Parse: parseReceive, Get: none, Set: setNone, Doc: "the same as $rcv"},
}

// sendParts are the names inside $snd(…).
var sendParts = map[string]func(c *kemi.Ctx, p flow.Proto, a netip.AddrPort) kemi.Value{
	"ip": func(c *kemi.Ctx, _ flow.Proto, a netip.AddrPort) kemi.Value {
		return kemi.Str(c.Shard.AddrText(a.Addr()))
	},
	"port":   func(_ *kemi.Ctx, _ flow.Proto, a netip.AddrPort) kemi.Value { return kemi.Int(int(a.Port())) },
	"proto":  func(_ *kemi.Ctx, p flow.Proto, _ netip.AddrPort) kemi.Value { return kemi.Int(int(p)) },
	"sproto": func(_ *kemi.Ctx, p flow.Proto, _ netip.AddrPort) kemi.Value { return kemi.Str(p.String()) },
	"af": func(_ *kemi.Ctx, _ flow.Proto, a netip.AddrPort) kemi.Value {
		if a.Addr().Unmap().Is6() {
			return kemi.Int(familyIPv6)
		}
		return kemi.Int(familyIPv4)
	},
	"buf": func(c *kemi.Ctx, _ flow.Proto, _ netip.AddrPort) kemi.Value { return kemi.Str(string(c.Call.Data)) },
	"len": func(c *kemi.Ctx, _ flow.Proto, _ netip.AddrPort) kemi.Value { return kemi.Int(len(c.Call.Data)) },
}

func parseSend(_ *state, _ *kemi.Registry, inner string) (any, error) {
	take, ok := sendParts[inner]
	if !ok {
		return nil, errName
	}
	return take, nil
}

func sendTo(f flow.Flow) netip.AddrPort { return f.Remote }

func sendFrom(f flow.Flow) netip.AddrPort {
	if f.Local == nil {
		return netip.AddrPort{}
	}
	return f.Local.Addr
}

func getSend(end func(flow.Flow) netip.AddrPort) getter {
	return func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		if c.Call == nil || c.Call.Kind != route.OnSendRoute || c.Call.Out == nil {
			return kemi.Null
		}
		take := a.Data.(func(*kemi.Ctx, flow.Proto, netip.AddrPort) kemi.Value)
		return take(c, c.Call.Out.Flow.Proto, end(c.Call.Out.Flow))
	}
}

func parseReceive(_ *state, _ *kemi.Registry, inner string) (any, error) { return inner, nil }

func none(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return kemi.Null }

func setNone(*state, *kemi.Ctx, *kemi.VarArgs, kemi.Value) bool { return false }
