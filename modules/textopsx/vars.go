package textopsx

import "github.com/moonroute/moonroute/kemi"

var vars = kemi.Vars[state]{
	{Name: "hfitname", Named: true, Doc: "name of the header that an iterator stands on",
		Get: func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return nameOf(header(c, a.Inner)) }},
	{Name: "hfitbody", Named: true, Doc: "value of the header that an iterator stands on",
		Get: func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return bodyOf(header(c, a.Inner)) }},
	{Name: "blitval", Named: true, Doc: "body line that an iterator stands on",
		Get: func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return valueOf(c, a.Inner) }},
}
