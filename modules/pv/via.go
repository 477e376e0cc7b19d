package pv

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var viaVars = kemi.Vars[state]{
	{Name: "via0", Named: true, Parse: parseVia(topVia), Get: getVia, Doc: "the top Via: host, port, proto, protoid, branch, rport, received, i, oc"},
	{Name: "via1", Named: true, Parse: parseVia(secondVia), Get: getVia, Doc: "the second Via"},
	{Name: "viaZ", Named: true, Parse: parseVia(lastVia), Get: getVia, Doc: "the last Via"},
}

// viaSource finds one Via; nil if there is none.
type viaSource func(m *route.Message) *sip.Via

func topVia(m *route.Message) *sip.Via {
	if v, err := m.TopVia(); err == nil {
		return v
	}
	return nil
}

func secondVia(m *route.Message) *sip.Via {
	if v, err := m.SecondVia(); err == nil {
		return v
	}
	return nil
}

func lastVia(m *route.Message) *sip.Via {
	var last *sip.Via
	for vias := m.Vias(); vias.Next(); {
		v := vias.Via
		last = &v
	}
	return last
}

// viaParts are the names inside $via0(…) and the others.
var viaParts = map[string]func(*sip.Via) kemi.Value{
	"host":     func(v *sip.Via) kemi.Value { return kemi.Str(v.Host) },
	"port":     viaPort,
	"proto":    func(v *sip.Via) kemi.Value { return kemi.Str(v.Transport) },
	"protoid":  func(v *sip.Via) kemi.Value { return kemi.Int(int(viaProto(v))) },
	"branch":   func(v *sip.Via) kemi.Value { return text(v.Branch) },
	"rport":    func(v *sip.Via) kemi.Value { return text(v.RPort) },
	"received": func(v *sip.Via) kemi.Value { return text(v.Received) },
	"i":        viaParam("i"),
	"oc":       viaParam("oc"),
}

func viaParam(name string) func(*sip.Via) kemi.Value {
	return func(v *sip.Via) kemi.Value { value, _ := v.Param(name); return text(value) }
}

func viaProto(v *sip.Via) flow.Proto {
	p, _ := flow.ParseProto(v.Transport)
	return p
}

func viaPort(v *sip.Via) kemi.Value {
	switch {
	case v.PortNum != 0:
		return kemi.Int(int(v.PortNum))
	case viaProto(v) == flow.TLS:
		return kemi.Int(5061)
	}
	return kemi.Int(5060)
}

func parseVia(of viaSource) func(*state, *kemi.Registry, string) (any, error) {
	return func(_ *state, _ *kemi.Registry, inner string) (any, error) {
		take, ok := viaParts[inner]
		if !ok {
			return nil, errName
		}
		return message(func(_ *kemi.Ctx, m *route.Message) kemi.Value {
			if v := of(m); v != nil {
				return take(v)
			}
			return kemi.Null
		}), nil
	}
}

func getVia(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(getter)(s, c, a) }
