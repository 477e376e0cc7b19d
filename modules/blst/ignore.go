package blst

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// ofRequest and ofReplies are the sends that a function is about: those of the request in hand, or of the replies to it.
func ofRequest(m *route.Message) *route.SendMode { return &m.Forward }
func ofReplies(m *route.Message) *route.SendMode { return &m.Reply }

// allReasons stands for every reason; the functions without an argument mean it.
const allReasons = 0xff

// ignore has failures of some kinds put no destination on the list.
func ignore(of func(*route.Message) *route.SendMode) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return change(of, (*route.SendMode).Ignore)
}

// count has them put destinations on the list again.
func count(of func(*route.Message) *route.SendMode) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return change(of, (*route.SendMode).Count)
}

func change(of func(*route.Message) *route.SendMode, how func(*route.SendMode, uint8)) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		reasons := allReasons
		if a.Len() > 0 {
			reasons = a.Int(0)
		}
		if c.Msg != nil {
			how(of(c.Msg), uint8(reasons))
		}
		return yes
	}
}
