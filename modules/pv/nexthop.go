package pv

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var nextHopVars = kemi.Vars[state]{
	{Name: "du", Get: message(getDstURI), Set: setDstURI, Doc: "destination URI: the next hop, if it is not the request URI"},
	{Name: "duri", Get: message(getDstURI), Set: setDstURI, Doc: "destination URI"},
	{Name: "dd", Get: uri(dstURI, host), Doc: "host of the destination URI"},
	{Name: "dp", Get: uri(dstURI, port), Doc: "port of the destination URI, or the default one"},
	{Name: "dP", Get: uri(dstURI, transport), Doc: "transport of the destination URI, or the default one"},
	{Name: "nh", Named: true, Parse: parseNextHop, Get: getNextHop, Doc: "next hop: u URI, U user, d host, p port, P transport, i version of the IP address (0 for a name)"},
	{Name: "ruid", Get: request(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return text(m.RUID) }), Doc: "id of the location record that was looked up"},
	{Name: "location_ua", Get: request(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return text(m.UserAgent) }), Doc: "User-Agent of the location record that was looked up"},
}

func getDstURI(_ *kemi.Ctx, m *route.Message) kemi.Value { return text(m.DstURI) }

func setDstURI(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if c.Msg == nil || v.Kind() == kemi.KindInt {
		return false
	}
	c.Msg.DstURI = v.Text()
	return true
}

func dstURI(c *kemi.Ctx, m *route.Message) *sip.URI { return parse(c, m.DstURI) }

// nextHopURI is the destination URI if there is one, else the request URI; of a reply it is made from the second Via.
func nextHopURI(c *kemi.Ctx, m *route.Message) *sip.URI {
	switch {
	case !m.IsRequest:
		return parse(c, getReplyURI(m).Text())
	case m.DstURI != "":
		return parse(c, m.DstURI)
	}
	return currentURI(c, m)
}

// nextHopParts are the names inside $nh(…).
var nextHopParts = map[string]part{
	"u": whole, "U": user, "d": host, "p": port, "P": transport,
	"i": ipVersion,
}

// ipVersion is 4 or 6 if the host is an address, and 0 if it is a name.
func ipVersion(u *sip.URI) kemi.Value {
	addr, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	switch {
	case err != nil:
		return kemi.Int(0)
	case addr.Is4():
		return kemi.Int(4)
	}
	return kemi.Int(6)
}

var errName = errors.New("unknown name in parentheses")

func parseNextHop(_ *state, _ *kemi.Registry, inner string) (any, error) {
	take, ok := nextHopParts[inner]
	if !ok {
		return nil, errName
	}
	get := uri(nextHopURI, take)
	if inner != "p" {
		return get, nil
	}
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		v := get(s, c, a)
		if v.IsNull() || c.Msg.IsRequest {
			return v
		}
		return kemi.Int(v.Number()) // of a reply the port is a number
	}, nil
}

func getNextHop(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(getter)(s, c, a) }
