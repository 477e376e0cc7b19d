// Package digest challenges SIP requests and checks the credentials that come back (RFC 2617, RFC 7616, RFC 8760).
//
// An [Authenticator] holds what a server remembers of its challenges. It makes nonces in the incumbent's form, so that
// servers with the same secret, of either kind, take one another's. A check has two steps, because passwords may have
// to be fetched in between: [Authenticator.Begin] finds the credentials and checks their nonce, [Authenticator.Finish]
// compares the response.
//
// What an attacker could learn from how long something takes is compared in constant time.
package digest
