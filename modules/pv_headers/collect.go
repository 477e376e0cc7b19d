package pv_headers

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// flags are the bits that tell what was done with a message: branch flags of a request, message flags of a reply.
func flags(m *route.Message) *uint32 {
	if m.IsRequest {
		return &m.Target.Flags
	}
	return &m.Flags
}

// ready collects, with auto_msg, when a script uses the module first.
func (s *state) ready(c *kemi.Ctx) {
	if !s.auto {
		return
	}
	if n := s.note(c.Msg); !n.seen {
		n.seen = true
		s.collect(c)
	}
}

// collect reads the received headers into the tree. A branch route shares those of the request.
func (s *state) collect(c *kemi.Ctx) {
	vars := c.Msg.AVPs()
	var list *route.XAVPs
	if c.IsReply() {
		if list = s.replyList(c, vars); list == nil {
			list = s.newReply(c, vars)
		}
	} else if list = children(vars, s.root); list == nil {
		list = plant(vars, s.root)
	}
	for i := range c.Msg.Headers {
		s.take(list, &c.Msg.Headers[i])
	}
	s.nameRoot(vars)
	*flags(c.Msg) |= 1 << s.collectFlag
}

// take puts one field into the tree.
func (s *state) take(list *route.XAVPs, h *sip.Header) {
	name := h.Name
	switch h.Type {
	case sip.HdrFrom:
		name = "From"
	case sip.HdrTo:
		name = "To"
	}
	if !s.split[strings.ToLower(name)] {
		add(list, name, route.TextValue(h.Value))
		return
	}
	for rest := h.Value; rest != ""; {
		var value string
		if value, rest = cutList(rest); value != "" {
			add(list, name, route.TextValue(value))
		}
	}
}

// cutList cuts a list at the first comma outside of quotes. Blanks stay.
func cutList(text string) (value, rest string) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ',' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// nameRoot notes the name of the root where scripts of the incumbent find it.
func (s *state) nameRoot(vars *route.Vars) {
	helper := children(vars, helperRoot)
	if helper == nil {
		helper = plant(vars, helperRoot)
	}
	if helper.At(helperName, 0) == nil {
		helper.Push(route.XAVP{Name: helperName, Value: route.TextValue(s.xaviName)})
	}
}
