package tls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
)

// rules are all profiles, ready for use. They never change: a reload makes new ones, and
// connections keep those that they were opened with.
type rules struct {
	servers, clients []*profile // in the order of the file
	server, client   *profile   // the defaults; server may be nil
}

// profile is what connections are made with.
type profile struct {
	*settings
	config *tls.Config // cloned for each connection
	leaf   *x509.Certificate
	roots  *x509.CertPool // nil: the machine's authorities
	lists  []*x509.RevocationList
	peer   peerRule
	named  bool // the peer's certificate must be for the host that was meant
}

// peerRule says what becomes of a peer's certificate.
type peerRule uint8

const (
	peerUnasked  peerRule = iota
	peerAsked             // looked at, and nothing depends on it
	peerOptional          // one that is presented must pass
	peerRequired
)

// peerRuleOf is the rule that a profile's settings mean. Where they leave it open, servers that are connected to
// must prove their name; an answer in the settings is followed to the letter.
func peerRuleOf(p *settings) (rule peerRule, named bool) {
	switch p.client {
	case clientOff:
		return p.atLeast(peerUnasked), false
	case clientOptionalNoCA:
		return peerAsked, false
	case clientOptional:
		return p.given(peerOptional), false
	case clientOn:
		return peerRequired, false
	}
	switch {
	case p.require == on:
		return peerRequired, false
	case p.verify == on:
		return p.given(peerOptional), false
	case p.role == client && p.verify == open:
		return peerRequired, true
	}
	return p.atLeast(peerUnasked), false
}

// atLeast: a server that is connected to presents a certificate unasked.
func (p *settings) atLeast(rule peerRule) peerRule {
	if p.role == client {
		return max(rule, peerAsked)
	}
	return rule
}

// given: where a certificate always comes, an optional one is a required one.
func (p *settings) given(rule peerRule) peerRule {
	if p.role == client {
		return peerRequired
	}
	return rule
}

var errTwice = errors.New("a second profile for the same connections; give it a server_name of its own")

// add enters a profile.
func (r *rules) add(p *profile) error {
	list, def := &r.servers, &r.server
	if p.role == client {
		list, def = &r.clients, &r.client
	}
	if p.match == byDefault {
		if *def != nil {
			return errTwice
		}
		*def = p
		return nil
	}
	for _, other := range *list {
		if other.match == p.match && other.addr == p.addr && other.serverName == p.serverName && other.serverID == p.serverID {
			return errTwice
		}
	}
	*list = append(*list, p)
	return nil
}

// forServer is the profile for a connection to a local address, by the name that the peer asks for (RFC 6066 3); nil
// if there is none.
func (r *rules) forServer(local netip.AddrPort, name string) *profile {
	if name != "" {
		for _, p := range r.servers {
			if p.fits(local) && p.called(name) {
				return p
			}
		}
	}
	for _, p := range r.servers {
		if p.match == byAddress && p.addr == local {
			return p
		}
	}
	return r.server
}

// forClient is the profile for a connection to a remote address: by the ID that the script asks for, else by
// address and the name that it asks for.
func (r *rules) forClient(remote netip.AddrPort, name, id string) *profile {
	if id != "" {
		for _, p := range r.clients {
			if p.serverID == id {
				return p
			}
		}
	}
	if name != "" {
		for _, p := range r.clients {
			if p.fits(remote) && p.called(name) {
				return p
			}
		}
	}
	for _, p := range r.clients {
		if p.match == byAddress && p.addr == remote {
			return p
		}
	}
	return r.client
}

func (p *profile) fits(addr netip.AddrPort) bool { return p.match == byName || p.addr == addr }

// The values of server_name_mode; any other one is the name alone.
const (
	nameAndBelow = 1
	belowName    = 2
)

// called tells whether a name is the profile's.
func (p *profile) called(name string) bool {
	if p.serverName == "" {
		return false
	}
	at := len(name) - len(p.serverName)
	if at < 0 || !strings.EqualFold(name[at:], p.serverName) {
		return false
	}
	if at == 0 {
		return p.nameMode != belowName
	}
	return name[at-1] == '.' && (p.nameMode == nameAndBelow || p.nameMode == belowName)
}
