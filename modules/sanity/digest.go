package sanity

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// credentials are the headers that carry some.
var credentials = [...]sip.HeaderType{sip.HdrAuthorization, sip.HdrProxyAuthorization}

// digestOnly refuses other schemes too.
func digestOnly(_ *state, m *route.Message, _ int) *fault { return checkCredentials(m, &notDigest) }

// digest lets other schemes pass.
func digest(_ *state, m *route.Message, _ int) *fault { return checkCredentials(m, nil) }

func checkCredentials(m *route.Message, otherScheme *fault) *fault {
	for _, t := range credentials {
		for h := m.First(t); h != nil; h = m.Next(h) {
			if f := checkDigest(h.Value, otherScheme); f != nil {
				return f
			}
		}
	}
	return nil
}

func checkDigest(value string, otherScheme *fault) *fault {
	d, err := sip.ParseDigest(value)
	if !sip.EqualFold(d.Scheme, "Digest") {
		return otherScheme
	}
	if err != nil {
		return &badAuth
	}
	for _, name := range [...]string{"username", "realm", "nonce", "uri", "response"} {
		if _, has := d.Param(name); !has {
			return &badCredentials
		}
	}
	switch {
	case d.Username == "":
		return &noUser
	case d.Nonce == "":
		return &noNonce
	case d.Response == "":
		return &noResponse
	}
	return nil
}
