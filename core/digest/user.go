package digest

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// forwarded are the requests that may come with an anonymous From.
const forwarded = sip.MethodInvite | sip.MethodBye | sip.MethodPrack | sip.MethodUpdate | sip.MethodMessage

// registering are the requests that change what the server keeps for the user in To.
const registering = sip.MethodRegister | sip.MethodPublish

// UserCheck says how strictly Check compares.
type UserCheck struct {
	Domains       bool // compare the domains of From, To and request URI too
	SkipForwarded bool // do not ask who an INVITE, BYE, PRACK, UPDATE or MESSAGE is from
}

// Check tells whether the user of checked credentials may send a request in the name that it has: a REGISTER or
// PUBLISH must be from and to that user, a PUBLISH also has the request URI of that user, any other request must be from
// that user. It gives OK, WrongUser, or Failed for a message that cannot be read.
func (c UserCheck) Check(m *route.Message, user string) Result {
	from := addressURI(m.From())
	if from == nil {
		return Failed
	}
	if m.Method&registering == 0 {
		return verdict(from.User == user || c.SkipForwarded && m.Method&forwarded != 0)
	}
	to := addressURI(m.To())
	if to == nil {
		return Failed
	}
	if to.User != user || !c.same(from, to) {
		return WrongUser
	}
	if m.Method != sip.MethodPublish {
		return OK
	}
	target, err := sip.ParseURI(m.CurrentURI())
	if err != nil {
		return Failed
	}
	return verdict(c.same(from, &target))
}

func (c UserCheck) same(a, b *sip.URI) bool {
	return a.User == b.User && (!c.Domains || a.Host == b.Host)
}

func addressURI(a *sip.NameAddr, err error) *sip.URI {
	if err != nil {
		return nil
	}
	u, err := a.URI()
	if err != nil {
		return nil
	}
	return u
}

func verdict(ok bool) Result {
	if ok {
		return OK
	}
	return WrongUser
}
