package xhttp

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// url is the URL of the request line; of a SIP request it is the URI there, as received.
func (s *state) url(c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return kemi.Null
	}
	return kemi.Str(c.Msg.RequestURI)
}

func (s *state) getURL(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.url(c, nil) }

func path(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
	before, _, _ := strings.Cut(v.Text(), "?")
	return kemi.Str(before)
}

func query(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
	_, after, _ := strings.Cut(v.Text(), "?")
	return kemi.Str(after)
}
