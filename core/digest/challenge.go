package digest

import "github.com/moonroute/moonroute/core/route"

// Challenge is what a client is asked for.
type Challenge struct {
	Header string // name of the header: WWW-Authenticate or Proxy-Authenticate
	Realm  string
	QOP    string // "auth", "auth-int", or empty for none
	Stale  bool   // only the nonce was wrong: the client need not ask its user again
}

// Append appends the header lines of a challenge with a new nonce for a message (nil: for none in particular), one line
// for each algorithm that is offered (RFC 8760 2.3).
func (a *Authenticator) Append(dst []byte, m *route.Message, c *Challenge) []byte {
	o := a.offered(m)
	var room [maxNonceText]byte
	nonce := a.appendNonce(room[:0], m)
	for _, x := range o.list {
		dst = c.append(dst, a.Realm(c.Realm), nonce)
		if o.named {
			dst = append(append(dst, ", algorithm="...), x.Name...)
		}
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// append writes what all lines have in common, in the incumbent's order.
func (c *Challenge) append(dst []byte, realm string, nonce []byte) []byte {
	dst = append(append(dst, c.Header...), `: Digest realm="`...)
	dst = append(append(dst, realm...), `", nonce="`...)
	dst = append(append(dst, nonce...), '"')
	if c.QOP != "" {
		dst = append(append(append(dst, `, qop="`...), c.QOP...), '"')
	}
	if c.Stale {
		dst = append(dst, ", stale=true"...)
	}
	return dst
}
