package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// arm is the function that arms one kind of callback; an empty name disarms it.
func arm(what tm.Arming) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		var cb route.Callback
		if name := a.Str(0); name != "" {
			cb = c.Arm(name)
		}
		tm.Arm(c.Msg, what, cb)
		return yes
	}
}

// armings are the names that t_is_set knows.
var armings = map[string]tm.Arming{
	"branch_route": tm.OnBranchRoute, "failure_route": tm.OnFailureRoute, "onreply_route": tm.OnReplyRoute,
}

func (s *state) isSet(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	what, known := armings[a.Str(0)]
	return verdict(known && tm.IsArmed(c.Msg, what))
}
