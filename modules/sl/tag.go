package sl

import (
	"errors"

	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

var errTag = errors.New("one of s, t and x is wanted")

func parseTag(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner != "s" && inner != "t" && inner != "x" {
		return nil, errTag
	}
	return inner[0], nil
}

// getTag is the To tag that a reply to the message in hand would carry.
func getTag(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	which := a.Data.(byte)
	if which != 's' {
		if t := tm.Of(c.Msg); t != nil && c.Msg.IsRequest {
			return kemi.Str(t.Tag())
		}
	}
	if which == 't' {
		return kemi.Null
	}
	return kemi.Str(s.srv.Core.StatelessTag(c.Msg))
}
