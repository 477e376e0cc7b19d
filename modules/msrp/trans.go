package msrp

import (
	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/kemi"
)

var transformations = kemi.Trans[state]{
	uriPart("user", func(u *msrp.URI) string { return u.User }, "user, without a password"),
	uriPart("userinfo", func(u *msrp.URI) string { return u.UserInfo }, "what stands before the @"),
	uriPart("host", func(u *msrp.URI) string { return u.Host }, "host"),
	uriPart("port", func(u *msrp.URI) string { return u.Port }, "port; empty if the URI has none"),
	uriPart("session", func(u *msrp.URI) string { return u.Session }, "session-id"),
	uriPart("proto", func(u *msrp.URI) string { return u.Proto }, "transport, tcp for example"),
	uriPart("scheme", func(u *msrp.URI) string { return u.Scheme }, "msrp or msrps"),
	uriPart("params", allParams, "transport and parameters if there is more than a transport"),
}

// allParams gives the transport with the parameters behind it, as the incumbent does.
func allParams(u *msrp.URI) string {
	if u.Params == "" {
		return ""
	}
	return u.Proto + ";" + u.Params
}

// uriPart is null for what is no MSRP URI.
func uriPart(name string, part func(*msrp.URI) string, doc string) kemi.Tran[state] {
	return kemi.Tran[state]{Name: "msrpuri." + name, Doc: doc, Call: func(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
		u, err := msrp.ParseURI(v.Text())
		if err != nil {
			return kemi.Null
		}
		return kemi.Str(part(&u))
	}}
}
