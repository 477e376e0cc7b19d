package tm

import (
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/route"
)

// avpTimers takes the timers from fr_timer_avp and fr_inv_timer_avp, which hold seconds.
func (t *Transaction) avpTimers(m *route.Message, v *Values) {
	if v.FrTimerAVP == "" && v.FrInvTimerAVP == "" || m.Vars == nil {
		return
	}
	if d := avpSeconds(m.Vars, v.FrTimerAVP); d > 0 {
		t.timing.fr = d
	}
	if d := avpSeconds(m.Vars, v.FrInvTimerAVP); d > 0 {
		t.timing.frInv = d
	}
}

// avpSeconds reads the AVP that a parameter names: "$avp(s:name)", "$avp(name)" or "s:name".
func avpSeconds(vars *route.Vars, spec string) time.Duration {
	name := strings.TrimSuffix(strings.TrimPrefix(spec, "$avp("), ")")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "s:"), "i:")
	if name == "" {
		return 0
	}
	if x := vars.AVP.At(route.ClassURIFrom, name, 0); x != nil && x.Value.IsNum {
		return time.Duration(x.Value.Num) * time.Second
	}
	return 0
}
