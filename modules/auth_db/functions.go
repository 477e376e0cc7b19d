package auth_db

import (
	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.NeedMessage(kemi.Funcs[state]{
	{Name: "auth_check", Args: "realm str, table str, flags int", Returns: kemi.Code, Call: (*state).authCheck, Waits: true, Doc: "www_authenticate for a REGISTER, proxy_authenticate for any other request; flags: 1 the user must be that of From or To (-8), 2 but not of the From of INVITE, BYE, PRACK, UPDATE and MESSAGE"},
	{Name: "www_authenticate", Args: "realm str, table str", Returns: kemi.Code, Call: (*state).wwwAuthenticate, Waits: true, Doc: "checks Authorization: 1 right, -1 broken or no database, -2 wrong password, -3 no such user, -4 stale nonce, -5 no credentials for the realm, -6 nonce used before"},
	{Name: "www_authenticate_method", Args: "realm str, table str, method str", Returns: kemi.Code, Call: (*state).wwwAuthenticate, Waits: true, Doc: "www_authenticate of credentials that were made for another method"},
	{Name: "proxy_authenticate", Args: "realm str, table str", Returns: kemi.Code, Call: (*state).proxyAuthenticate, Waits: true, Doc: "checks Proxy-Authorization, as www_authenticate"},
	{Name: "is_subscriber", Args: "uri str, table str, flags int", Returns: kemi.Code, Call: (*state).isSubscriber, Waits: true, Doc: "the user of a URI has a row in the table, whose load_credentials columns are loaded: 1, -1 broken or no database, -2 no such user; flags: 1 compares the domain too, 2 loads nothing"},
}, kemi.Int(int(digest.Failed)))

// The flags of auth_check and of is_subscriber.
const (
	checkUser       = 1
	skipForwarded   = 2
	subscriberOfURI = 1
	loadNothing     = 2
)

const methodArg = 2

func (s *state) wwwAuthenticate(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	method := c.Msg.MethodName
	if a.Len() > methodArg {
		method = a.Str(methodArg)
	}
	return s.named(c, "www_authenticate", a, sip.HdrAuthorization, method)
}

func (s *state) proxyAuthenticate(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.named(c, "proxy_authenticate", a, sip.HdrProxyAuthorization, c.Msg.MethodName)
}

func (s *state) named(c *kemi.Ctx, function string, a *kemi.Args, t sip.HeaderType, method string) kemi.Value {
	if !given(c, function, a) || method == "" {
		return kemi.Int(int(digest.Failed))
	}
	var x digest.Attempt
	return kemi.Int(int(s.authenticate(c, &x, t, a.Str(0), a.Str(1), method)))
}

// given tells whether the first two arguments say something.
func given(c *kemi.Ctx, function string, a *kemi.Args) bool {
	if a.Str(0) == "" || a.Str(1) == "" {
		c.Misuse("auth_db."+function, "an empty argument")
		return false
	}
	return true
}

func (s *state) authCheck(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	m := c.Msg
	if m.Method&(sip.MethodAck|sip.MethodCancel) != 0 {
		return kemi.Int(int(digest.OK))
	}
	if !given(c, "auth_check", a) {
		return kemi.Int(int(digest.Failed))
	}
	t := sip.HdrProxyAuthorization
	if m.Method == sip.MethodRegister {
		t = sip.HdrAuthorization
	}
	var x digest.Attempt
	r := s.authenticate(c, &x, t, a.Str(0), a.Str(1), m.MethodName)
	if r == digest.OK && a.Int(2)&checkUser != 0 && !digest.Unchallenged(m) {
		user, _ := x.User()
		r = digest.UserCheck{Domains: s.useDomain != 0, SkipForwarded: a.Int(2)&skipForwarded != 0}.Check(m, user)
	}
	return kemi.Int(int(r))
}
