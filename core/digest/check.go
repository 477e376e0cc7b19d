package digest

import (
	"errors"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Result is how a check ended. The numbers are those that scripts see.
type Result int

// The results.
const (
	OK            Result = 1
	Pending       Result = 0 // so far so good: the response has not been compared yet
	Failed        Result = -1
	WrongPassword Result = -2
	UnknownUser   Result = -3
	Stale         Result = -4 // the nonce is too old, or was not made for this request
	NoCredentials Result = -5 // for the realm
	Reused        Result = -6 // the nonce was used before
	WrongUser     Result = -8 // the request speaks for somebody else
)

// unchallenged are the requests that are let pass: their senders could not answer a challenge (RFC 3261 22.1).
const unchallenged = sip.MethodAck | sip.MethodCancel | sip.MethodPrack

// Unchallenged tells whether a request is one of those that are never asked for credentials.
func Unchallenged(m *route.Message) bool { return m.IsRequest && m.Method&unchallenged != 0 }

// Attempt is one check under way.
type Attempt struct {
	sip.Digest
	Realm     string // as asked for, without the prefix
	Algorithm Algorithm
	Keep      bool // set before Begin: the nonce counts as used only if the check succeeds
}

// Begin finds the credentials for a realm among the headers of a type (Authorization or Proxy-Authorization) and checks
// their nonce. Pending asks for Finish; any other result is final.
func (a *Authenticator) Begin(x *Attempt, m *route.Message, t sip.HeaderType, realm string) Result {
	if Unchallenged(m) {
		return OK
	}
	x.Realm = a.Realm(realm)
	h, err := x.find(m, t)
	switch {
	case errors.Is(err, sip.ErrMissing):
		return NoCredentials
	case err != nil:
		return Failed
	}
	m.CheckedHeader[slot(t)] = place(m, h)
	if !x.complete() {
		return Failed
	}
	x.Algorithm = a.offered(m).algorithm(&x.Digest)
	return a.checkNonce(m, x.Nonce, x.NC, !x.Keep)
}

// find looks for the credentials. Broken ones before those of the realm end it: nobody knows whose they are.
func (x *Attempt) find(m *route.Message, t sip.HeaderType) (*sip.Header, error) {
	for h := m.First(t); h != nil; h = m.Next(h) {
		d, err := sip.ParseDigest(h.Value)
		switch {
		case err != nil && d.IsDigest() && d.Params != "":
			return nil, err
		case err == nil && sip.EqualFold(d.Realm, x.Realm):
			x.Digest = d
			return h, nil
		}
	}
	return nil, sip.ErrMissing
}

// complete tells whether all is there that a response is made of.
func (x *Attempt) complete() bool {
	d := &x.Digest
	if d.Username == "" || d.Nonce == "" || d.URI == "" || d.Response == "" {
		return false
	}
	qop := sip.EqualFold(d.QOP, "auth") || IsAuthInt(d.QOP)
	return !qop || d.CNonce != "" && d.NC != ""
}

// Finish compares the response with the one that fits the hashed password (see Algorithm.HA1) and method. Where it does,
// the request is known to be of that user. An empty hash fits nothing.
func (a *Authenticator) Finish(x *Attempt, m *route.Message, ha1, method string) Result {
	right := x.Algorithm.matches(ha1, &x.Digest, method, m.Body())
	switch {
	case len(x.Response) != x.Algorithm.HexLen():
		return Failed
	case !right || ha1 == "":
		return WrongPassword
	}
	if x.Keep {
		if r := a.checkNonce(m, x.Nonce, x.NC, true); r != Pending {
			return r
		}
	}
	m.Authorized, _ = x.User()
	m.AuthRealm = x.Digest.Realm
	if a.o.Info {
		m.Answer.Headers = append(m.Answer.Headers, a.info(x, m, ha1))
	}
	return OK
}

// Refuse does what Finish does, for a user who does not exist: the time it takes does not tell the difference.
func (a *Authenticator) Refuse(x *Attempt, m *route.Message, ha1, method string) {
	x.Algorithm.matches(ha1, &x.Digest, method, m.Body())
}

// info is the server's own proof that it knows the password (RFC 7616 3.5). It also names the nonce for the next request.
func (a *Authenticator) info(x *Attempt, m *route.Message, ha1 string) string {
	b := append(make([]byte, 0, room), `Authentication-Info: nextnonce="`...)
	if a.once != nil {
		b = a.appendNonce(b, m)
	} else {
		b = append(b, x.Nonce...)
	}
	b = append(b, '"')
	if x.QOP != "" {
		b = append(append(b, ", qop="...), x.QOP...)
	}
	b = append(x.Algorithm.AppendResponse(append(b, `, rspauth="`...), ha1, &x.Digest, "", ""), '"')
	if x.QOP != "" {
		b = append(append(append(b, `, cnonce="`...), x.CNonce...), `", nc=`...)
		b = append(b, x.NC...)
	}
	return string(append(b, "\r\n"...))
}
