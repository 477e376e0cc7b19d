package pv_headers

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var addressVars = kemi.Vars[state]{
	{Name: "x_fu", Get: getPart("From", partURI), Set: setPart("From", mergeURI), Doc: "URI of the collected From"},
	{Name: "x_fU", Get: getPart("From", partUser), Set: setPart("From", mergeUser), Doc: "user of the collected From"},
	{Name: "x_fd", Get: getPart("From", partHost), Set: setPart("From", mergeHost), Doc: "host of the collected From"},
	{Name: "x_fn", Get: getPart("From", partDisplay), Set: setPart("From", mergeDisplay), Doc: "display name of the collected From"},
	{Name: "x_ft", Get: getPart("From", partTag), Doc: "tag of the collected From"},
	{Name: "x_tu", Get: getPart("To", partURI), Set: setPart("To", mergeURI), Doc: "URI of the collected To"},
	{Name: "x_tU", Get: getPart("To", partUser), Set: setPart("To", mergeUser), Doc: "user of the collected To"},
	{Name: "x_td", Get: getPart("To", partHost), Set: setPart("To", mergeHost), Doc: "host of the collected To"},
	{Name: "x_tn", Get: getPart("To", partDisplay), Set: setPart("To", mergeDisplay), Doc: "display name of the collected To"},
	{Name: "x_tt", Get: getPart("To", partTag), Doc: "tag of the collected To"},
}

// address is a From or To with its URI.
type address struct {
	*sip.NameAddr
	uri *sip.URI
}

func parseAddress(text string) (a address, ok bool) {
	addr, rest, err := sip.ParseNameAddr(text)
	if err != nil || rest != "" {
		return a, false
	}
	uri, err := addr.URI()
	return address{&addr, uri}, err == nil
}

func partURI(a address) string     { return a.URIText }
func partUser(a address) string    { return a.uri.User }
func partHost(a address) string    { return a.uri.Host }
func partDisplay(a address) string { return a.Display }
func partTag(a address) string     { return a.Tag }

// collected is the value of the first collected header of a name.
func (s *state) collected(c *kemi.Ctx, name string) (a address, ok bool) {
	if c.Msg == nil {
		return a, false
	}
	e := header(s.read(c), name, 0)
	if isGone(e) {
		return a, false
	}
	return parseAddress(text(e))
}

func getPart(name string, part func(address) string) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		a, ok := s.collected(c, name)
		if !ok || part(a) == "" {
			return kemi.Null
		}
		return kemi.Str(part(a))
	}
}

// setPart writes a header anew with one part changed. What would not be an address afterwards is refused.
func setPart(name string, merge func(a address, text string) (string, bool)) func(*state, *kemi.Ctx, *kemi.VarArgs, kemi.Value) bool {
	return func(s *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
		a, ok := s.collected(c, name)
		if !ok || v.IsNull() {
			return false
		}
		part, ok := expand(c, v)
		if !ok {
			return false
		}
		whole, ok := merge(a, part)
		if !ok || len(whole) >= s.valueSize {
			return false
		}
		if _, ok = parseAddress(whole); !ok {
			return false
		}
		list := s.write(c)
		set(list, name, 0, route.TextValue(whole))
		s.changed(c, list)
		return true
	}
}
