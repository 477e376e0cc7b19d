package pv

import (
	checked "github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var digestVars = kemi.Vars[state]{
	{Name: "au", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(authUser(d)) }), Doc: "user name of the credentials without its domain"},
	{Name: "aU", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.Username) }), Doc: "user name of the credentials"},
	{Name: "ad", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(authDomain(d)) }), Doc: "domain of the credentials' user name"},
	{Name: "ar", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.Realm) }), Doc: "realm of the credentials"},
	{Name: "aa", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.Algorithm) }), Doc: "algorithm of the credentials"},
	{Name: "adn", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.Nonce) }), Doc: "nonce of the credentials"},
	{Name: "adc", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.CNonce) }), Doc: "cnonce of the credentials"},
	{Name: "adr", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.Response) }), Doc: "response of the credentials"},
	{Name: "ado", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.Opaque) }), Doc: "opaque value of the credentials"},
	{Name: "adu", Get: digest(func(d *sip.Digest) kemi.Value { return kemi.Str(d.URI) }), Doc: "URI of the credentials"},
	{Name: "AU", Get: message(getAccountUser), Doc: "user of the credentials that were checked, or of From if none were"},
	{Name: "Au", Get: message(getAccount), Doc: "user@domain of the credentials that were checked, or of From if none were"},
}

// credentials are those for a proxy if there are any, else those for a server.
func credentials(m *route.Message) (d sip.Digest, ok bool) {
	if m.First(sip.HdrProxyAuthorization) != nil {
		d, _, err := m.Credentials(sip.HdrProxyAuthorization, "")
		return d, err == nil
	}
	d, _, err := m.Credentials(sip.HdrAuthorization, "")
	return d, err == nil
}

func digest(take func(*sip.Digest) kemi.Value) getter {
	return request(func(_ *kemi.Ctx, m *route.Message) kemi.Value {
		d, ok := credentials(m)
		if !ok {
			return kemi.Null
		}
		return take(&d)
	})
}

func authUser(d *sip.Digest) string {
	user, _ := d.User()
	return user
}

func authDomain(d *sip.Digest) string {
	_, domain := d.User()
	return domain
}

func getAccountUser(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if d, ok := checked.Credentials(m); ok {
		return kemi.Str(authUser(&d))
	}
	if u := fromURI(m); u != nil {
		return text(u.User)
	}
	return kemi.Null
}

func getAccount(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if d, ok := checked.Credentials(m); ok {
		user, domain := d.User()
		if domain == "" {
			domain = d.Realm
		}
		return kemi.Str(user + "@" + domain)
	}
	u := fromURI(m)
	switch {
	case u == nil:
		return kemi.Null
	case u.User == "":
		return text(u.Host)
	}
	return kemi.Str(u.User + "@" + u.Host)
}

func fromURI(m *route.Message) *sip.URI {
	a := from(m)
	if a == nil {
		return nil
	}
	u, err := a.URI()
	if err != nil {
		return nil
	}
	return u
}
