package pv

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var uriTrans = kemi.Trans[state]{
	{Name: "uri.user", Call: ofText(func(u *sip.URI) string { return u.User }), Doc: "user of a URI; null for what is no URI"},
	{Name: "uri.host", Call: ofText(func(u *sip.URI) string { return u.Host }), Doc: "host of a URI"},
	{Name: "uri.domain", Call: ofText(func(u *sip.URI) string { return u.Host }), Doc: "host of a URI"},
	{Name: "uri.passwd", Call: ofText(func(u *sip.URI) string { return u.Password }), Doc: "password of a URI"},
	{Name: "uri.port", Call: ofURIText(func(u *sip.URI) kemi.Value { return kemi.Int(int(u.PortNum)) }), Doc: "port of a URI; 0 if it has none"},
	{Name: "uri.params", Call: ofText(sipParams), Doc: "parameters of a URI"},
	{Name: "uri.headers", Call: ofText(func(u *sip.URI) string { return u.Headers }), Doc: "headers of a URI"},
	{Name: "uri.param", Args: "name str", Call: uriParam, Doc: "value of one parameter of a URI"},
	{Name: "uri.rmparam", Args: "name str", Call: uriWithout, Doc: "the URI without a parameter"},
	{Name: "uri.transport", Call: ofText((*sip.URI).Transport), Doc: "transport parameter"},
	{Name: "uri.ttl", Call: ofText(uriParamText("ttl")), Doc: "ttl parameter"},
	{Name: "uri.uparam", Call: ofText((*sip.URI).UserParam), Doc: "user parameter"},
	{Name: "uri.maddr", Call: ofText((*sip.URI).Maddr), Doc: "maddr parameter"},
	{Name: "uri.method", Call: ofText(uriParamText("method")), Doc: "method parameter"},
	{Name: "uri.lr", Call: ofText(uriParamText("lr")), Doc: "value of the lr parameter"},
	{Name: "uri.r2", Call: ofText(uriParamText("r2")), Doc: "value of the r2 parameter"},
	{Name: "uri.scheme", Call: ofText(func(u *sip.URI) string { return u.SchemeText }), Doc: "scheme of a URI"},
	{Name: "uri.tosocket", Call: ofText(toSocket), Doc: "proto:host:port of a URI with a transport parameter; empty without"},
	{Name: "uri.saor", Call: ofText(func(u *sip.URI) string { return u.SchemeText + ":" + u.User + "@" + u.Host }), Doc: "scheme:user@host of a URI"},
	{Name: "uri.suri", Call: ofText(func(u *sip.URI) string { return u.SchemeText + ":" + u.User + "@" + u.Host + portAndTransport(u) }), Doc: "scheme, user, host, port and transport of a URI"},
	{Name: "uri.duri", Call: ofText(func(u *sip.URI) string { return u.SchemeText + ":" + u.Host + portAndTransport(u) }), Doc: "scheme, host, port and transport of a URI"},
}

// ofURIText makes a transformation of a function of a URI.
func ofURIText(take part) tran {
	return func(_ *state, c *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
		if u := parseText(c, v); u != nil {
			return take(u)
		}
		return kemi.Null
	}
}

// parseText gives a value as a URI, or nil. A semicolon among the headers is not taken, as in the incumbent.
func parseText(c *kemi.Ctx, v kemi.Value) *sip.URI {
	if v.Kind() != kemi.KindStr {
		return nil
	}
	u := parse(c, v.Text())
	if u == nil || strings.IndexByte(u.Headers, ';') >= 0 {
		return nil
	}
	return u
}

// ofText is ofURIText for parts that are texts; what a URI lacks is empty, not null.
func ofText(take func(*sip.URI) string) tran {
	return ofURIText(func(u *sip.URI) kemi.Value { return kemi.Str(take(u)) })
}

// uriParamText gives the value of a parameter, empty without one.
func uriParamText(name string) func(*sip.URI) string {
	return func(u *sip.URI) string { value, _ := u.Param(name); return value }
}

// sipParams are empty for tel, as scripts know it.
func sipParams(u *sip.URI) string {
	if u.Scheme.Phone() {
		return ""
	}
	return u.Params
}

// uriParam gives the last one of that name.
func uriParam(_ *state, c *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	u := parseText(c, v)
	if u == nil {
		return kemi.Null
	}
	value := ""
	for p := sip.ParseParams(sipParams(u)); p.Next(); {
		if a.Str(0) != "" && sip.EqualFold(p.Name, a.Str(0)) {
			value = p.Value
		}
	}
	return kemi.Str(value)
}

func uriWithout(_ *state, c *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	u := parseText(c, v)
	if u == nil {
		return kemi.Null
	}
	changed := *u
	var kept []string
	for part := range strings.SplitSeq(u.Params, ";") {
		if name, _, _ := strings.Cut(part, "="); !sip.EqualFold(name, a.Str(0)) {
			kept = append(kept, part)
		}
	}
	changed.Params = strings.Join(kept, ";")
	return kemi.Str(formatURI(&changed))
}

func toSocket(u *sip.URI) string {
	p, ok := flow.ParseProto(u.Transport())
	if !ok {
		return ""
	}
	port := u.Port
	if port == "" {
		port = "5060"
	}
	return p.String() + ":" + u.Host + ":" + port
}

func portAndTransport(u *sip.URI) (s string) {
	if u.Port != "" {
		s = ":" + u.Port
	}
	if written := u.Transport(); written != "" {
		s += ";transport=" + written
	}
	return s
}

var aliasTrans = kemi.Trans[state]{
	{Name: "urialias.encode", Call: encodeAlias, Doc: "a URI's host, port and transport as an alias parameter holds them: host~port~number"},
	{Name: "urialias.decode", Call: decodeAlias, Doc: "the URI that an alias parameter stands for"},
}

func encodeAlias(_ *state, c *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
	if v.Text() == "" {
		return kemi.Null
	}
	u := parse(c, v.Text())
	if u == nil {
		return kemi.Str("")
	}
	p, ok := flow.ParseProto(u.Transport())
	if !ok {
		p = flow.UDP
	}
	port := u.Port
	if port == "" {
		port = "5060"
	}
	return kemi.Str(u.Host + "~" + port + "~" + kemi.Int(int(p)).Text())
}

func decodeAlias(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
	if v.Text() == "" {
		return kemi.Null
	}
	uri, err := decodeAliasText(v.Text())
	if err != nil {
		return kemi.Str("")
	}
	return kemi.Str(uri)
}

var errAlias = errors.New("not host~port~number")

func decodeAliasText(s string) (string, error) {
	host, rest, _ := strings.Cut(s, "~")
	port, number, ok := strings.Cut(rest, "~")
	if !ok || number == "" {
		return "", errAlias
	}
	p := flow.Proto(number[0] - '0')
	if p < flow.UDP || p > flow.WSS {
		return "", errAlias
	}
	uri := "sip:" + host + ":" + port
	if p != flow.UDP {
		uri += ";transport=" + p.String()
	}
	return uri, nil
}
