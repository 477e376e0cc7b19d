package auth

import (
	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

type funcs = kemi.Funcs[state]

// functions work on a message, except for those that need none.
var functions = append(kemi.NeedMessage(funcs{
	{Name: "auth_challenge", Works: route.NotReplies, Args: "realm str, flags int", Returns: kemi.Code, Call: (*state).challengeByMethod, Doc: "www_challenge for a REGISTER, proxy_challenge for any other request"},
	{Name: "www_challenge", Works: route.NotReplies, Args: "realm str, flags int", Returns: kemi.Code, Call: (*state).wwwChallenge, Doc: "replies 401 with a challenge; flags: 1 qop auth, 2 qop auth-int, 16 stale; 1, or -3 if it cannot be sent"},
	{Name: "proxy_challenge", Works: route.NotReplies, Args: "realm str, flags int", Returns: kemi.Code, Call: (*state).proxyChallenge, Doc: "replies 407 with a challenge, as www_challenge"},
	{Name: "pv_auth_check", Args: "realm str, password str, flags int, checks int", Returns: kemi.Code, Call: (*state).checkByMethod, Doc: "pv_www_authenticate for a REGISTER, pv_proxy_authenticate for any other request; checks 1: the user must be that of From or To (-8)"},
	{Name: "pv_www_authenticate", Args: "realm str, password str, flags int", Returns: kemi.Code, Call: (*state).wwwAuthenticate, Doc: "checks Authorization: 1 right, -1 broken, -2 wrong password, -4 stale nonce, -5 no credentials for the realm, -6 nonce used before; flags: 1 the password is a hash (HA1), 2, 4 and 8 leave a challenge without qop, with auth, with auth-int in $avp(digest_challenge), 32 a failure does not use up the nonce"},
	{Name: "pv_www_authenticate_method", Args: "realm str, password str, flags int, method str", Returns: kemi.Code, Call: (*state).wwwAuthenticate, Doc: "pv_www_authenticate of credentials that were made for another method"},
	{Name: "pv_proxy_authenticate", Args: "realm str, password str, flags int", Returns: kemi.Code, Call: (*state).proxyAuthenticate, Doc: "checks Proxy-Authorization, as pv_www_authenticate"},
	{Name: "has_credentials", Args: "realm str", Returns: kemi.Code, Call: (*state).hasCredentials, Doc: "there are credentials for the realm, right or wrong: 1 or -1"},
	{Name: "consume_credentials", Returns: kemi.Code, Call: (*state).consume, Doc: "takes the header whose credentials were checked out of the message: 1, or -1 if none were"},
}, kemi.Int(int(digest.Failed))), funcs{
	{Name: "auth_get_www_authenticate", Args: "realm str, flags int, dest str", Returns: kemi.Code, Call: (*state).getChallenge, Doc: "puts the header line of a www_challenge into the variable that dest names"},
	{Name: "auth_algorithm", Args: "algorithm str", Returns: kemi.Code, Call: (*state).setMessageAlgorithm, Doc: "takes another algorithm for the message in hand, or without one for all: 1, or -1 if there is none of that name"},
}...)

// The flags of challenges. Flag 4 says that no 500 is sent where a challenge cannot be made, which does not happen here.
const (
	challengeAuth    = 1
	challengeAuthInt = 2
	challengeStale   = 16
)

// codeNotSent is what a challenge gives that could not be sent.
const codeNotSent = -3

func (s *state) challengeByMethod(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if isRegister(c.Msg) {
		return s.wwwChallenge(c, a)
	}
	return s.proxyChallenge(c, a)
}

func isRegister(m *route.Message) bool { return m.Method == sip.MethodRegister }

func (s *state) wwwChallenge(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.send(c, 401, "Unauthorized", s.header(s.wwwHeader, a.Str(0), a.Int(1)))
}

func (s *state) proxyChallenge(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.send(c, 407, "Proxy Authentication Required", s.header(s.proxyHeader, a.Str(0), a.Int(1)))
}

// header is the challenge that flags ask for.
func (s *state) header(name, realm string, flags int) digest.Challenge {
	x := digest.Challenge{Header: name, Realm: realm, Stale: flags&challengeStale != 0}
	switch {
	case flags&challengeAuthInt != 0:
		x.QOP = "auth-int"
	case flags&challengeAuth != 0:
		x.QOP = "auth"
	}
	return x
}

// send replies with a challenge, through the transaction if there is one.
func (s *state) send(c *kemi.Ctx, code int, reason string, x digest.Challenge) kemi.Value {
	m := c.Msg
	m.Answer.Headers = append(m.Answer.Headers, string(s.digest.Append(make([]byte, 0, challengeRoom), m, &x)))
	if s.reply(c, code, reason) {
		return kemi.Int(int(digest.OK))
	}
	return kemi.Int(codeNotSent)
}

// challengeRoom is the usual size of a challenge.
const challengeRoom = 192

func (s *state) getChallenge(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v, err := c.Server.Registry.Var(a.Str(2))
	if err != nil || !v.Writable() {
		c.Misuse("auth.auth_get_www_authenticate", a.Str(2)+" is no variable that can be set")
		return kemi.Int(int(digest.Failed))
	}
	x := s.header(s.wwwHeader, a.Str(0), a.Int(1))
	v.Set(c, kemi.Str(string(s.digest.Append(nil, nil, &x))))
	return kemi.Int(int(digest.OK))
}

func (s *state) setMessageAlgorithm(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if err := s.digest.SetAlgorithms(c.Msg, a.Str(0)); err != nil {
		c.Log(log.Err, "auth", err.Error())
		return kemi.Int(int(digest.Failed))
	}
	return kemi.Int(int(digest.OK))
}

func (s *state) hasCredentials(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if digest.Has(c.Msg, a.Str(0)) {
		return kemi.Int(int(digest.OK))
	}
	return kemi.Int(int(digest.Failed))
}

func (s *state) consume(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	h := digest.Checked(c.Msg)
	if h == nil || digest.Unchallenged(c.Msg) {
		return kemi.Int(int(digest.Failed))
	}
	c.Msg.RemoveHeader(h)
	return kemi.Int(int(digest.OK))
}
