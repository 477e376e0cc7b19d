package digest

import (
	"crypto/subtle"

	"github.com/moonroute/moonroute/core/sip"
)

// room is the usual size of what is hashed: it stays on the stack.
const room = 512

// HA1 hashes user, realm and password to what databases keep in place of the password: H(user:realm:password).
func (a Algorithm) HA1(user, realm, password string) string {
	var in [room]byte
	var out [maxHexLen]byte
	return string(a.appendSum(out[:0], join(in[:0], user, realm, password)))
}

// AppendResponse appends the response that fits credentials (RFC 7616 3.4.1). The body counts for qop auth-int only. An
// empty method gives the server's own proof, rspauth (RFC 7616 3.5).
func (a Algorithm) AppendResponse(dst []byte, ha1 string, d *sip.Digest, method, body string) []byte {
	var in [room]byte
	var first, second, third [maxHexLen]byte
	key := append(first[:0], ha1...)
	if a.session {
		key = a.appendSum(key[:0], join(append(append(in[:0], ha1...), ':'), d.Nonce, d.CNonce))
	}
	data := join(in[:0], method, d.URI)
	if IsAuthInt(d.QOP) {
		data = append(append(data, ':'), a.appendSum(third[:0], []byte(body))...)
	}
	request := a.appendSum(second[:0], data)
	data = append(append(append(in[:0], key...), ':'), d.Nonce...)
	if d.QOP != "" {
		data = join(append(data, ':'), d.NC, d.CNonce, d.QOP)
	}
	return a.appendSum(dst, append(append(data, ':'), request...))
}

// IsAuthInt tells whether a quality of protection covers the body.
func IsAuthInt(qop string) bool { return sip.EqualFold(qop, "auth-int") }

// join appends texts with colons between them.
func join(dst []byte, texts ...string) []byte {
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, text...)
	}
	return dst
}

// matches compares a response with the right one, which takes the same time wherever they differ.
func (a Algorithm) matches(ha1 string, d *sip.Digest, method, body string) bool {
	var want, got [maxHexLen]byte
	right := a.AppendResponse(want[:0], ha1, d, method, body)
	return subtle.ConstantTimeCompare(right, append(got[:0], d.Response...)) == 1
}
