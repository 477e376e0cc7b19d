package rr

import (
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// routedParams are the parameters of our own Route: of the one that loose_route followed, else of the first one if
// it is this server.
func (s *state) routedParams(m *route.Message) string {
	if m.OwnRoute != "" || m.First(sip.HdrRoute) == nil {
		return m.OwnRoute
	}
	var at cursor
	if !at.firstRoute(m) {
		return ""
	}
	if uri, err := at.addr.URI(); err == nil && s.isMine(uri) {
		return uri.Params
	}
	return ""
}

func (s *state) checkParam(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	params := s.routedParams(c.Msg)
	if params == "" || a.At(0).IsNull() {
		return no
	}
	re, err := s.patterns.Get(a.Str(0), regex.FoldCase|regex.Lines)
	if err != nil {
		c.Misuse("rr.check_route_param", err.Error())
		return no
	}
	// The semicolon before the parameters is part of what is matched.
	if at := c.Msg.Offset(params); at > 0 {
		params = c.Msg.Raw[at-1 : at+len(params)]
	} else {
		params = ";" + params
	}
	if re.MatchString(params) {
		return yes
	}
	return no
}

func (s *state) isDirection(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	up := sip.EqualFold(a.Str(0), "upstream")
	if !up && !sip.EqualFold(a.Str(0), "downstream") {
		return badWord
	}
	if s.upstream(c.Msg) == up {
		return yes
	}
	return no
}

// upstream tells whether the request goes from callee to caller: the ftag of our Route is not its From tag.
func (s *state) upstream(m *route.Message) bool {
	params := s.routedParams(m)
	if params == "" {
		return false
	}
	tag := ""
	for p := sip.ParseParams(params); p.Next(); {
		if sip.EqualFold(p.Name, "ftag") {
			tag = p.Value
		}
	}
	from, err := m.From()
	return tag != "" && err == nil && from.Tag != tag
}

// callerTag is the tag of who began the dialog, and calleeTag that of the other side.
func (s *state) callerTag(m *route.Message) string {
	if s.upstream(m) {
		return toTag(m)
	}
	return fromTag(m)
}

func (s *state) calleeTag(m *route.Message) string {
	if s.upstream(m) {
		return fromTag(m)
	}
	return toTag(m)
}

func fromTag(m *route.Message) string {
	if from, err := m.From(); err == nil {
		return from.Tag
	}
	return ""
}

func toTag(m *route.Message) string {
	if to, err := m.To(); err == nil {
		return to.Tag
	}
	return ""
}

func (s *state) nextHopRoute(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg.NextRoute {
		return yes
	}
	return no
}
