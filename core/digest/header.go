package digest

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// headerTypes are the headers with credentials, at their slots of route.Hand.CheckedHeader.
var headerTypes = [...]sip.HeaderType{sip.HdrAuthorization, sip.HdrProxyAuthorization}

func slot(t sip.HeaderType) int {
	if t == headerTypes[0] {
		return 0
	}
	return 1
}

// place is one more than a header's place among all.
func place(m *route.Message, h *sip.Header) uint16 {
	for i := range m.Headers {
		if &m.Headers[i] == h {
			return uint16(i + 1)
		}
	}
	return 0
}

// Checked is the header whose credentials were checked last, of those for servers first; nil if there is none.
func Checked(m *route.Message) *sip.Header {
	if h := at(m, 0); h != nil {
		return h
	}
	return at(m, 1)
}

// Credentials are those that were checked last, of those for proxies first. They may have been wrong.
func Credentials(m *route.Message) (d sip.Digest, ok bool) {
	h := at(m, 1)
	if h == nil {
		h = at(m, 0)
	}
	if h == nil {
		return d, false
	}
	d, err := sip.ParseDigest(h.Value)
	return d, err == nil && d.Username != ""
}

// at is the header that a slot of the message points to.
func at(m *route.Message, slot int) *sip.Header {
	i := int(m.CheckedHeader[slot]) - 1
	if i < 0 || i >= len(m.Headers) || m.Headers[i].Type != headerTypes[slot] {
		return nil
	}
	return &m.Headers[i]
}

// Has tells whether a message has credentials for a realm, for a proxy or a server.
func Has(m *route.Message, realm string) bool {
	x := Attempt{Realm: realm}
	for _, t := range headerTypes {
		if _, err := x.find(m, t); err == nil {
			return true
		}
	}
	return false
}
