// Package auth challenges requests and checks their digest credentials against passwords that the script has.
package auth

import (
	"fmt"

	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the auth module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "auth",
	Doc:    "Digest authentication (RFC 2617, RFC 7616, RFC 8760): challenges, and checks against passwords that the script has.",
	Needs:  []string{"pv"},
	New:    func() *state { return &state{qop: "auth"} },
	Params: params,
	Funcs:  functions,
})

// state is the module in one server.
type state struct {
	o         digest.Options
	digest    *digest.Authenticator
	qop       string
	stateless int
	useDomain int
	flags     flags

	wwwHeader, proxyHeader string
	challenge              string         // challenge_attr
	challengeVar           *kemi.Variable // what it names
}

// flags are parameters that are numbers for yes and no.
type flags struct{ count, oneTime, info int }

// Start makes the authenticator of the parameters.
func (s *state) Start(server *kemi.Server) (err error) {
	s.o.Clock = server.Clock
	s.o.Info, s.o.OneTime = s.flags.info != 0, s.flags.oneTime != 0
	s.o.NonceCount = s.flags.count != 0 && s.qop != ""
	if s.flags.count != 0 && s.qop == "" {
		server.Log.Warning("auth", "nonce_count needs a qop: nonce counts are not followed")
	}
	if s.challengeVar, err = challengeVar(server, s.challenge); err != nil {
		return err
	}
	if half := len(s.o.Secret) / 2; s.o.Secret != "" && half < shortSecret && s.o.Register|s.o.NoDialog|s.o.InDialog != 0 {
		server.Log.Warning("auth", "consider a longer secret: auth_checks_… use one half of it each for two hashes")
	}
	if s.o.Secret == "" && server.Seed != 0 {
		s.o.Secret = fmt.Sprintf("the secret of seed %d", server.Seed)
	}
	s.digest, err = digest.New(s.o)
	return err
}

// shortSecret is the length below which half a secret is worth a warning.
const shortSecret = 16

// Authenticator is what other modules check credentials with.
func (s *state) Authenticator() *digest.Authenticator { return s.digest }

// challengeVar is the AVP that challenge_attr names: "$digest_challenge" is $avp(digest_challenge).
func challengeVar(server *kemi.Server, attr string) (*kemi.Variable, error) {
	if len(attr) < 2 || attr[0] != '$' {
		return nil, fmt.Errorf("challenge_attr=%q: want $NAME, for example $digest_challenge", attr)
	}
	v, err := server.Registry.Var("$avp(" + attr[1:] + ")")
	if err != nil {
		return nil, fmt.Errorf("challenge_attr=%q: %w", attr, err)
	}
	return v, nil
}
