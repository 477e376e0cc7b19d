package registrar

import (
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// scratch is what the module keeps with a message.
type scratch struct {
	q        int16 // set_q_override; QUnset: none
	reply    *reply
	profiles map[string]*profile
}

// scratchOf finds what the module keeps with the message in hand, or with the shard in events without one.
func (s *state) scratchOf(c *kemi.Ctx) *scratch {
	var x *scratch
	if c.Msg == nil {
		x, _ = c.Shard.Local[s].(*scratch)
	} else {
		x, _ = c.Msg.Extra[s].(*scratch)
	}
	return x
}

func (s *state) makeScratch(c *kemi.Ctx) *scratch {
	if x := s.scratchOf(c); x != nil {
		return x
	}
	x := &scratch{q: location.QUnset}
	switch {
	case c.Msg == nil:
		c.Shard.Local[s] = x
	case c.Msg.Extra == nil:
		c.Msg.Extra = map[any]any{s: x}
	default:
		c.Msg.Extra[s] = x
	}
	return x
}

// setting reads one field of the xavp_cfg XAVP.
func (s *state) setting(m *route.Message, name string) (route.Value, bool) {
	if s.xavpCfg == "" || m == nil || m.Vars == nil {
		return route.Value{}, false
	}
	root := m.Vars.XAVP.At(s.xavpCfg, 0)
	if root == nil {
		return route.Value{}, false
	}
	if x := root.Value.List.At(name, 0); x != nil {
		return x.Value, true
	}
	return route.Value{}, false
}

// number reads a setting that is a number above or equal to 0, or gives def.
func (s *state) number(m *route.Message, name string, def int) int {
	if v, ok := s.setting(m, name); ok && v.IsNum && v.Num >= 0 {
		return int(v.Num)
	}
	return def
}

// supports tells whether a request's Supported headers list an option tag.
func supports(m *route.Message, tag string) bool { return tagged(m, sip.HdrSupported, tag) }

// requires tells whether a request's Require headers list an option tag.
func requires(m *route.Message, tag string) bool { return tagged(m, sip.HdrRequire, tag) }

func tagged(m *route.Message, header sip.HeaderType, tag string) bool {
	for h := m.First(header); h != nil; h = m.Next(h) {
		if listed(h.Value, tag) {
			return true
		}
	}
	return false
}

// listed tells whether a comma-separated list has a word, without regard to case.
func listed(list, word string) (found bool) {
	for x := range words(list) {
		found = found || sip.EqualFold(x, word)
	}
	return found
}

// allowed is the set of the methods in a comma-separated list.
func allowed(list string) (set sip.Method) {
	for x := range words(list) {
		set |= sip.ParseMethod(x)
	}
	return set
}
