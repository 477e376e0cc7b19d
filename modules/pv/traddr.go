package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var addrTrans = kemi.Trans[state]{
	{Name: "nameaddr.uri", Call: nameAddr(func(a looseAddr) kemi.Value { return kemi.Str(a.uri) }), Doc: "what stands in the angle brackets, or all of it without any"},
	{Name: "nameaddr.name", Call: nameAddr(looseName), Doc: "what stands before the angle brackets"},
	{Name: "nameaddr.len", Call: nameAddr(func(a looseAddr) kemi.Value { return kemi.Int(a.len) }), Doc: "length up to the closing angle bracket"},
	{Name: "tobody.uri", Call: toBody(func(a *sip.NameAddr, _ *sip.URI) string { return a.URIText }), Doc: "URI of an address as a To header holds it; null for what is none"},
	{Name: "tobody.tag", Call: toBody(func(a *sip.NameAddr, _ *sip.URI) string { return a.Tag }), Doc: "tag of such an address"},
	{Name: "tobody.user", Call: toBody(func(_ *sip.NameAddr, u *sip.URI) string { return u.User }), Doc: "user of such an address"},
	{Name: "tobody.host", Call: toBody(func(_ *sip.NameAddr, u *sip.URI) string { return u.Host }), Doc: "host of such an address"},
	{Name: "tobody.params", Call: toBody(func(a *sip.NameAddr, _ *sip.URI) string { return a.Params }), Doc: "parameters of such an address"},
	{Name: "tobody.display", Call: toBody(func(a *sip.NameAddr, _ *sip.URI) string { return a.Display }), Doc: "display name of such an address, with its quotes"},
}

// looseAddr is an address read without looking at what the parts hold.
type looseAddr struct {
	name, uri string
	len       int
	open      bool // nothing closes the angle bracket
}

// readLoose reads [name] <uri>, or a bare text as the URI.
func readLoose(s string) (a looseAddr, ok bool) {
	at, quoted := -1, false
	for i := 0; i < len(s) && at < 0; i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '<' && !quoted:
			at = i
		}
	}
	if at < 0 {
		return looseAddr{uri: s, len: len(s)}, s != ""
	}
	end := strings.IndexByte(s[at:], '>')
	if end < 0 {
		return looseAddr{uri: s[at+1:], open: true}, true
	}
	return looseAddr{name: s[:at], uri: s[at+1 : at+end], len: at + end + 1}, true
}

func looseName(a looseAddr) kemi.Value {
	if a.open {
		return kemi.Null
	}
	return kemi.Str(a.name)
}

func nameAddr(take func(looseAddr) kemi.Value) tran {
	return plain(func(s string) kemi.Value {
		a, ok := readLoose(s)
		if !ok {
			return kemi.Null
		}
		return take(a)
	})
}

func toBody(take func(*sip.NameAddr, *sip.URI) string) tran {
	return plain(func(s string) kemi.Value {
		a, rest, err := sip.ParseNameAddr(s)
		if err != nil || rest != "" {
			return kemi.Null
		}
		u, err := a.URI()
		if err != nil {
			return kemi.Null
		}
		return kemi.Str(take(&a, u))
	})
}
