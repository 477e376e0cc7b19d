package rr

import (
	"errors"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var vars = kemi.Vars[state]{
	{Name: "route_uri", Get: (*state).routeURI, Doc: "URI of the first Route header"},
	{Name: "fti", Doc: "tag of the side that began the dialog",
		Get: func(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return tagValue(s.callerTag(c.Msg)) }},
	{Name: "tti", Doc: "tag of the side that was called",
		Get: func(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return tagValue(s.calleeTag(c.Msg)) }},
	{Name: "rdir", Named: true, Get: (*state).direction, Parse: parseDirection, Doc: "direction within the dialog: $rdir(id) 1 or 2, $rdir(name) downstream or upstream"},
}

func tagValue(tag string) kemi.Value {
	if tag == "" {
		return kemi.Null
	}
	return kemi.Str(tag)
}

func (s *state) routeURI(c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	h := c.Msg.First(sip.HdrRoute)
	if h == nil {
		return kemi.Null
	}
	addr, _, err := sip.ParseNameAddr(h.Value)
	if err != nil {
		return kemi.Null
	}
	return kemi.Str(addr.URIText)
}

var errDirection = errors.New("rr: $rdir takes id or name")

func parseDirection(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner != "id" && inner != "name" {
		return nil, errDirection
	}
	return nil, nil
}

func (s *state) direction(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	up := s.upstream(c.Msg)
	switch {
	case a.Inner == "id" && up:
		return kemi.Int(2)
	case a.Inner == "id":
		return kemi.Int(1)
	case up:
		return kemi.Str("upstream")
	}
	return kemi.Str("downstream")
}
