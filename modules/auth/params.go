package auth

import (
	"fmt"

	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var params = kemi.Params[state]{
	kemi.StrParam("secret", "", func(s *state) *string { return &s.o.Secret }, "secret of the nonces, which servers that take one another's nonces share; empty: a random one"),
	kemi.IntParam("nonce_expire", 300, func(s *state) *int { return &s.o.NonceExpire }, "seconds for which a nonce is good"),
	kemi.IntParam("nonce_auth_max_drift", 3, func(s *state) *int { return &s.o.MaxDrift }, "seconds that a nonce may come from the future"),
	kemi.FuncParam("protect_contacts", kemi.KindInt, "0", ignore, "accepted, no effect: the incumbent does nothing with it either"),
	kemi.StrParam("challenge_attr", "$digest_challenge", func(s *state) *string { return &s.challenge }, "AVP that takes the challenge header of pv_… functions with flag 2, 4 or 8"),
	kemi.StrParam("proxy_challenge_header", "Proxy-Authenticate", func(s *state) *string { return &s.proxyHeader }, "name of the header with a proxy's challenge"),
	kemi.StrParam("www_challenge_header", "WWW-Authenticate", func(s *state) *string { return &s.wwwHeader }, "name of the header with a server's challenge"),
	kemi.FuncParam("qop", kemi.KindStr, `"auth"`, (*state).setQOP, `"auth", "auth-int" or "": whether nonce counts can be followed; challenges take theirs from their flags`),
	checksParam("auth_checks_register", func(s *state) *digest.Checks { return &s.o.Register }, "parts of a REGISTER that its nonce is bound to: 1 request URI, 2 Call-ID, 4 From tag, 8 source address"),
	checksParam("auth_checks_no_dlg", func(s *state) *digest.Checks { return &s.o.NoDialog }, "the same of requests outside of dialogs"),
	checksParam("auth_checks_in_dlg", func(s *state) *digest.Checks { return &s.o.InDialog }, "the same of requests within dialogs"),
	kemi.IntParam("nonce_count", 0, func(s *state) *int { return &s.flags.count }, "1: the nonce count must be higher than those before, so that credentials cannot be replayed"),
	kemi.IntParam("nc_array_size", 0, func(s *state) *int { return &s.o.CountSize }, "nonces whose count is followed, a byte each; 0: 1048576"),
	kemi.IntParam("nc_array_order", 0, func(s *state) *int { return &s.o.CountOrder }, "nc_array_size as a power of two; 0: as nc_array_size says"),
	kemi.IntParam("one_time_nonce", 0, func(s *state) *int { return &s.flags.oneTime }, "1: a nonce can be used once"),
	kemi.IntParam("otn_in_flight_no", 0, func(s *state) *int { return &s.o.OneTimeSize }, "one-time nonces that are followed, a bit each; 0: 1048576"),
	kemi.IntParam("otn_in_flight_order", 0, func(s *state) *int { return &s.o.OneTimeOrder }, "otn_in_flight_no as a power of two; 0: as otn_in_flight_no says"),
	kemi.IntParam("nid_pool_no", 0, func(s *state) *int { return &s.o.Pools }, "parts of these arrays, at most 64, each for some of the shards; 0: 1"),
	kemi.IntParam("force_stateless_reply", 0, func(s *state) *int { return &s.stateless }, "1: challenges are sent without the transaction"),
	kemi.StrParam("realm_prefix", "", func(s *state) *string { return &s.o.RealmPrefix }, "prefix that is taken off realms"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: pv_auth_check with checks compares the domains of From, To and request URI too"),
	kemi.FuncParam("algorithm", kemi.KindStr, `""`, (*state).setAlgorithm, `"MD5", "SHA-256", "SHA-512-256" or "SHA-512", or several with commas, the preferred one first; empty: MD5, not named in challenges`),
	kemi.IntParam("add_authinfo_hdr", 0, func(s *state) *int { return &s.flags.info }, "1: replies to authenticated requests prove that the server knows the password (Authentication-Info)"),
}

func ignore(*state, kemi.ParamValue) error { return nil }

// setQOP takes the values that there are.
func (s *state) setQOP(v kemi.ParamValue) error {
	if v.Str != "" && !sip.EqualFold(v.Str, "auth") && !digest.IsAuthInt(v.Str) {
		return fmt.Errorf(`qop=%q: want "auth", "auth-int" or ""`, v.Str)
	}
	s.qop = v.Str
	return nil
}

func (s *state) setAlgorithm(v kemi.ParamValue) error {
	s.o.Algorithms = v.Str
	return digest.CheckAlgorithms(v.Str)
}

func checksParam(name string, field func(*state) *digest.Checks, doc string) kemi.Param[state] {
	return kemi.FuncParam(name, kemi.KindInt, "0", func(s *state, v kemi.ParamValue) error {
		*field(s) = digest.Checks(v.Int)
		return nil
	}, doc)
}
