package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// viaSelects are the names below via.
var viaSelects = map[string]func(v *sip.Via) string{
	"name":      func(v *sip.Via) string { return v.Protocol },
	"version":   func(v *sip.Via) string { return v.Version },
	"transport": func(v *sip.Via) string { return v.Transport },
	"host":      func(v *sip.Via) string { return v.Host },
	"port":      func(v *sip.Via) string { return v.Port },
	"branch":    func(v *sip.Via) string { return v.Branch },
	"received":  func(v *sip.Via) string { return v.Received },
	"rport":     func(v *sip.Via) string { return v.RPort },
	"i":         func(v *sip.Via) string { value, _ := v.Param("i"); return value },
	"alias":     func(v *sip.Via) string { value, _ := v.Param("alias"); return value },
}

// selectVia looks a path below the i-th Via up, the first one being 1 and the last one -1.
func selectVia(first step, rest []step) selector {
	take := selectInVia(rest)
	if take == nil || first.index == 0 {
		return nil
	}
	return func(_ *kemi.Ctx, m *route.Message) string {
		if v := viaAt(m, first.index); v != nil {
			return take(v)
		}
		return ""
	}
}

func selectInVia(rest []step) func(v *sip.Via) string {
	if len(rest) == 0 {
		return func(v *sip.Via) string { return v.Raw }
	}
	if rest[0].name == "params" {
		if name, ok := paramOf(rest); ok {
			return func(v *sip.Via) string { value, _ := v.Param(name); return value }
		}
	}
	if len(rest) > 1 {
		return nil
	}
	return viaSelects[rest[0].name]
}

func viaAt(m *route.Message, i int) *sip.Via {
	if i < 0 {
		for vias := m.Vias(); vias.Next(); {
			i++
		}
		i++
	}
	for vias := m.Vias(); i > 0 && vias.Next(); {
		if i--; i == 0 {
			return &vias.Via
		}
	}
	return nil
}
