package tls

import (
	"crypto/tls"
	"fmt"
	"maps"
	"net/netip"

	"github.com/moonroute/moonroute/core/nearest"
)

// defaultDepth is the incumbent's verify_depth.
const defaultDepth = 9

// settings are what a profile says; files are not read yet.
type settings struct {
	role  role
	match match
	addr  netip.AddrPort // of match address
	where string         // file:line of the profile, for errors

	versions   versions
	verify     choice
	require    choice
	client     clientRule // of verify_client; clientOpen if not given
	depth      int
	cert, key  string
	caList     string
	caPath     string
	crl        string
	ciphers    string
	serverName string
	nameMode   int
	serverID   string
}

// role is the side that a profile is for.
type role uint8

const (
	server role = iota // of connections that peers open
	client             // of those that this server opens
)

func (r role) String() string { return [...]string{"server", "client"}[r] }

// match tells which connections a profile is for.
type match uint8

const (
	byDefault match = iota
	byAddress
	byName // [server:any]: on any address, by name
)

// clientRule is what verify_client says of a peer's certificate.
type clientRule uint8

const (
	clientOpen clientRule = iota
	clientOff
	clientOptional     // one that is presented must pass
	clientOptionalNoCA // one is asked for, and nothing depends on it
	clientOn
)

var clientRules = map[string]clientRule{"off": clientOff, "on": clientOn, "optional": clientOptional, "optional_no_ca": clientOptionalNoCA}

func parseVerifyClient(text string) (clientRule, error) {
	rule, ok := clientRules[text]
	if !ok {
		return clientOpen, fmt.Errorf("verify_client takes off, on, optional or optional_no_ca, not %q%s", text, hint(text, clientRules))
	}
	return rule, nil
}

// versions are the ends of the range of protocol versions; zero: TLS 1.2 and later.
type versions struct{ least, most uint16 }

var methods = map[string]versions{
	"TLSv1.3+": {tls.VersionTLS13, 0}, "TLSv1.3": {tls.VersionTLS13, tls.VersionTLS13},
	"TLSv1.2+": {tls.VersionTLS12, 0}, "TLSv1.2": {tls.VersionTLS12, tls.VersionTLS12},
	"TLSv1.1+": {tls.VersionTLS11, 0}, "TLSv1.1": {tls.VersionTLS11, tls.VersionTLS11},
	"TLSv1+": {tls.VersionTLS10, 0}, "TLSv1": {tls.VersionTLS10, tls.VersionTLS10},
	"SSLv23": {tls.VersionTLS12, 0},
}

// parseMethod reads a tls_method. SSLv23 is what both sides have; with the libraries of today that
// is TLS 1.2 and later.
func parseMethod(text string) (versions, error) {
	v, ok := methods[text]
	if !ok {
		return versions{}, fmt.Errorf("method %q is not spoken here; TLSv1.2+ is right for most%s", text, hint(text, methods))
	}
	return v, nil
}

// old tells of a version that nobody should speak any more (RFC 8996).
func (v versions) old() bool { return v.least != 0 && v.least < tls.VersionTLS12 }

func hint[V any](word string, known map[string]V) string {
	if near := nearest.Word(word, maps.Keys(known)); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
