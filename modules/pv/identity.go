package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var identityVars = kemi.Vars[state]{
	{Name: "ai", Index: true, Get: listed(sip.HdrPAI, addrURI), Doc: "URI of P-Asserted-Identity (RFC 3325)"},
	{Name: "pu", Index: true, Get: listed(sip.HdrPPI, addrURI), Doc: "URI of P-Preferred-Identity"},
	{Name: "pU", Index: true, Get: listed(sip.HdrPPI, ofURI(user)), Doc: "user of P-Preferred-Identity"},
	{Name: "pd", Index: true, Get: listed(sip.HdrPPI, ofURI(host)), Doc: "host of P-Preferred-Identity"},
	{Name: "pn", Index: true, Get: listed(sip.HdrPPI, addrDisplay), Doc: "display name of P-Preferred-Identity"},
	{Name: "re", Get: addr(firstAddr(sip.HdrRPID), addrURI), Doc: "URI of Remote-Party-ID"},
	{Name: "rt", Get: addr(firstAddr(sip.HdrReferTo), addrURI), Doc: "URI of Refer-To"},
	{Name: "di", Get: addr(firstAddr(sip.HdrDiversion), addrURI), Doc: "URI of the first Diversion (RFC 5806)"},
	{Name: "dir", Get: addr(firstAddr(sip.HdrDiversion), addrParam("reason")), Doc: "reason of the first Diversion"},
	{Name: "dip", Get: addr(firstAddr(sip.HdrDiversion), addrParam("privacy")), Doc: "privacy of the first Diversion"},
	{Name: "dic", Get: addr(firstAddr(sip.HdrDiversion), addrParam("counter")), Doc: "counter of the first Diversion"},
}

// firstAddr finds the first address of a header type.
func firstAddr(t sip.HeaderType) addrSource {
	return func(m *route.Message) *sip.NameAddr {
		if m.First(t) == nil {
			return nil
		}
		list := m.Addresses(t)
		if !list.Next() {
			return nil
		}
		return &list.Addr
	}
}

func addrParam(name string) func(*sip.NameAddr) kemi.Value {
	return func(a *sip.NameAddr) kemi.Value {
		value, _ := a.Param(name)
		return text(value)
	}
}

// listed makes a getter for a part of the i-th address of a header type. A negative index
// is the first one, and [*] has no value, as in the incumbent.
func listed(t sip.HeaderType, take func(*sip.NameAddr) kemi.Value) getter {
	return func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		i, ok := a.Index(c)
		if c.Msg == nil || !ok || a.IndexAll() {
			return kemi.Null
		}
		for list := c.Msg.Addresses(t); list.Next(); i-- {
			if i <= 0 {
				return take(&list.Addr)
			}
		}
		return kemi.Null
	}
}
