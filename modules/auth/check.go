package auth

import (
	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// The flags of checks.
const (
	passwordIsHA1    = 1
	leaveChallenge   = 2
	leaveAuth        = 4
	leaveAuthInt     = 8
	leaveAny         = leaveChallenge | leaveAuth | leaveAuthInt
	keepNonce        = 32
	checkUser        = 1 // of the checks argument
	defaultMethodArg = 3 // how many arguments there are without a method
)

func (s *state) wwwAuthenticate(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	method := c.Msg.MethodName
	if a.Len() > defaultMethodArg {
		method = a.Str(defaultMethodArg)
	}
	r, _ := s.authenticate(c, a, sip.HdrAuthorization, method)
	return kemi.Int(int(r))
}

func (s *state) proxyAuthenticate(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	r, _ := s.authenticate(c, a, sip.HdrProxyAuthorization, c.Msg.MethodName)
	return kemi.Int(int(r))
}

func (s *state) checkByMethod(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := sip.HdrProxyAuthorization
	if isRegister(c.Msg) {
		t = sip.HdrAuthorization
	}
	r, user := s.authenticate(c, a, t, c.Msg.MethodName)
	if r == digest.OK && a.Int(3)&checkUser != 0 && !digest.Unchallenged(c.Msg) {
		r = digest.UserCheck{Domains: s.useDomain != 0}.Check(c.Msg, user)
	}
	return kemi.Int(int(r))
}

// authenticate is what the three have in common: realm, password and flags are their first arguments.
func (s *state) authenticate(c *kemi.Ctx, a *kemi.Args, t sip.HeaderType, method string) (r digest.Result, user string) {
	realm, password, flags := a.Str(0), a.Str(1), a.Int(2)
	x := digest.Attempt{Keep: flags&keepNonce != 0}
	if r = s.digest.Begin(&x, c.Msg, t, realm); r == digest.Pending {
		r = s.finish(c, &x, password, flags, method)
	}
	if r < 0 && flags&leaveAny != 0 {
		s.leaveChallenge(c, t, realm, flags)
	}
	user, _ = x.User()
	return r, user
}

// finish compares the password. A script without one has nothing to compare with.
func (s *state) finish(c *kemi.Ctx, x *digest.Attempt, password string, flags int, method string) digest.Result {
	if password == "" {
		c.Misuse("auth.pv_auth_check", "an empty password is never right")
		return digest.Failed
	}
	if flags&passwordIsHA1 == 0 {
		password = x.Algorithm.HA1(x.Username, x.Realm, password)
	}
	return s.digest.Finish(x, c.Msg, password, method)
}

// leaveChallenge puts a challenge into the variable for it, for a reply that the script sends itself.
func (s *state) leaveChallenge(c *kemi.Ctx, t sip.HeaderType, realm string, flags int) {
	x := digest.Challenge{Header: s.wwwHeader, Realm: realm}
	if t == sip.HdrProxyAuthorization {
		x.Header = s.proxyHeader
	}
	switch {
	case flags&leaveAuthInt != 0:
		x.QOP = "auth-int"
	case flags&leaveAuth != 0:
		x.QOP = "auth"
	}
	if !s.challengeVar.Set(c, kemi.Str(string(s.digest.Append(nil, c.Msg, &x)))) {
		c.Log(log.Err, "auth", "cannot set "+s.challengeVar.String())
	}
}
