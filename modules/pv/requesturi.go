package pv

import (
	"cmp"
	"strconv"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var requestURIVars = kemi.Vars[state]{
	{Name: "ru", Get: uri(currentURI, whole), Set: setURI, Doc: "request URI"},
	{Name: "ruri", Get: uri(currentURI, whole), Set: setURI, Doc: "request URI"},
	{Name: "rU", Get: uri(currentURI, user), Set: setUser, Doc: "user of the request URI"},
	{Name: "ruri.user", Get: uri(currentURI, user), Set: setUser, Doc: "user of the request URI"},
	{Name: "rUl", Get: uri(currentURI, userLen), Doc: "length of the request URI's user"},
	{Name: "rul", Get: uri(currentURI, uriLen), Doc: "length of the request URI"},
	{Name: "rd", Get: uri(currentURI, host), Set: setHost, Doc: "host of the request URI"},
	{Name: "ruri.domain", Get: uri(currentURI, host), Set: setHost, Doc: "host of the request URI"},
	{Name: "rp", Get: uri(currentURI, port), Set: setPort, Doc: "port of the request URI, or the default one"},
	{Name: "rP", Get: uri(currentURI, transport), Doc: "transport of the request URI, or the default one"},
	{Name: "rz", Get: uri(currentURI, numberedScheme), Doc: "scheme of the request URI"},
	{Name: "ou", Get: uri(originalURI, whole), Doc: "request URI as received"},
	{Name: "ouri", Get: uri(originalURI, whole), Doc: "request URI as received"},
	{Name: "oU", Get: uri(originalURI, user), Doc: "user of the received request URI"},
	{Name: "oUl", Get: uri(originalURI, userLen), Doc: "length of the received request URI's user"},
	{Name: "od", Get: uri(originalURI, host), Doc: "host of the received request URI"},
	{Name: "op", Get: uri(originalURI, port), Doc: "port of the received request URI, or the default one"},
	{Name: "oP", Get: uri(originalURI, transport), Doc: "transport of the received request URI, or the default one"},
}

func uriLen(u *sip.URI) kemi.Value { return kemi.Int(len(u.Raw)) }

// setURI takes any text; a broken one is found when the URI is next used.
func setURI(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if c.Msg == nil || v.Kind() != kemi.KindStr {
		return false
	}
	c.Msg.SetURI(cmp.Or(v.Text(), route.NoURI))
	return true
}

func setUser(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if v.Kind() == kemi.KindInt {
		return false
	}
	return changeURI(c, func(u *sip.URI) { u.User = v.Text() })
}

func setHost(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if v.Kind() != kemi.KindStr {
		return false
	}
	return changeURI(c, func(u *sip.URI) {
		if !u.Scheme.Phone() {
			u.Host = v.Text()
		}
	})
}

func setPort(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if c.Msg == nil {
		return false
	}
	port := v.Text()
	if v.Kind() == kemi.KindInt {
		port = strconv.Itoa(v.Int())
	}
	if u := currentURI(c, c.Msg); u != nil && u.Scheme.Phone() {
		return false
	}
	return changeURI(c, func(u *sip.URI) { u.Port = port })
}
