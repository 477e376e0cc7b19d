package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var fromVars = kemi.Vars[state]{
	{Name: "fu", Get: addr(from, addrURI), Set: setAddr(from, editURI), Doc: "URI of From"},
	{Name: "from", Get: addr(from, addrURI), Set: setAddr(from, editURI), Doc: "URI of From"},
	{Name: "fU", Get: addr(from, ofURI(user)), Set: setAddrUser(from), Doc: "user of From"},
	{Name: "from.user", Get: addr(from, ofURI(user)), Set: setAddrUser(from), Doc: "user of From"},
	{Name: "fd", Get: addr(from, ofURI(host)), Set: setAddr(from, editHost), Doc: "host of From"},
	{Name: "from.domain", Get: addr(from, ofURI(host)), Set: setAddr(from, editHost), Doc: "host of From"},
	{Name: "fn", Get: addr(from, addrDisplay), Set: setDisplay(from), Doc: "display name of From as written, with quotes"},
	{Name: "ft", Get: addr(from, addrTag), Doc: "tag of From"},
	{Name: "fUl", Get: addr(from, ofURI(userLen)), Doc: "length of From's user"},
	{Name: "ful", Get: addr(from, addrURILen), Doc: "length of From's URI"},
}

var toVars = kemi.Vars[state]{
	{Name: "tu", Get: addr(to, addrURI), Set: setAddr(to, editURI), Doc: "URI of To"},
	{Name: "to", Get: addr(to, addrURI), Set: setAddr(to, editURI), Doc: "URI of To"},
	{Name: "tU", Get: addr(to, ofURI(user)), Set: setAddrUser(to), Doc: "user of To"},
	{Name: "to.user", Get: addr(to, ofURI(user)), Set: setAddrUser(to), Doc: "user of To"},
	{Name: "td", Get: addr(to, ofURI(host)), Set: setAddr(to, editHost), Doc: "host of To"},
	{Name: "to.domain", Get: addr(to, ofURI(host)), Set: setAddr(to, editHost), Doc: "host of To"},
	{Name: "tn", Get: addr(to, addrDisplay), Set: setDisplay(to), Doc: "display name of To as written, with quotes"},
	{Name: "tt", Get: addr(to, addrTag), Doc: "tag of To"},
	{Name: "tts", Get: message(getToTagState), Doc: "1 if To has a tag, else 0"},
	{Name: "tUl", Get: addr(to, ofURI(userLen)), Set: setAddrUser(to), Doc: "length of To's user; a text written to it becomes the user"},
}

// addrSource finds an address header; nil if there is none or if it is broken.
type addrSource func(m *route.Message) *sip.NameAddr

func from(m *route.Message) *sip.NameAddr { return orNil(m.From()) }
func to(m *route.Message) *sip.NameAddr   { return orNil(m.To()) }

func orNil(a *sip.NameAddr, err error) *sip.NameAddr {
	if err != nil {
		return nil
	}
	return a
}

// addr makes a getter for a part of an address header.
func addr(of addrSource, take func(*sip.NameAddr) kemi.Value) getter {
	return message(func(_ *kemi.Ctx, m *route.Message) kemi.Value {
		if a := of(m); a != nil {
			return take(a)
		}
		return kemi.Null
	})
}

func getToTagState(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if a := to(m); a != nil && a.Tag != "" {
		return kemi.Int(1)
	}
	return kemi.Int(0)
}

func addrURI(a *sip.NameAddr) kemi.Value     { return text(a.URIText) }
func addrURILen(a *sip.NameAddr) kemi.Value  { return kemi.Int(len(a.URIText)) }
func addrTag(a *sip.NameAddr) kemi.Value     { return text(a.Tag) }
func addrDisplay(a *sip.NameAddr) kemi.Value { return text(a.Display) }

// ofURI takes a part of the address's URI.
func ofURI(take part) func(*sip.NameAddr) kemi.Value {
	return func(a *sip.NameAddr) kemi.Value {
		u, err := a.URI()
		if err != nil {
			return kemi.Null
		}
		return take(u)
	}
}
