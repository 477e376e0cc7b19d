package siputils

import (
	"encoding/base64"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// The codes of URIs that cannot be wrapped or unwrapped.
const (
	noURIToEncode   = -25  // no scheme at all
	badURIToEncode  = -509 // a scheme that is not sip or tel, or a broken URI
	noURIToDecode   = -22
	noFieldsAtAll   = -23 // no user part
	tooManyFields   = -24
	tooFewFields    = -26
	noHostInDecoded = -2
)

func (s *state) sep() string {
	if s.separator == "" {
		return "*"
	}
	return s.separator[:1]
}

// encode wraps the fields of a URI into the user part of one with the given host.
func (s *state) encode(uri, prefix, host string) (string, int) {
	if !strings.Contains(uri, ":") {
		return "", noURIToEncode
	}
	u, err := sip.ParseURI(uri)
	if err != nil || u.Scheme != sip.SchemeSIP && u.Scheme != sip.SchemeTel {
		return "", badURIToEncode
	}
	fields := []string{prefix, u.User, u.Password, u.Host, u.Port, u.Transport()}
	return u.SchemeText + ":" + strings.Join(fields, s.sep()) + "@" + host, 1
}

// decode gives the URI that encode wrapped.
func (s *state) decode(uri string) (string, int) {
	scheme, rest, found := strings.Cut(uri, ":")
	if !found {
		return "", noURIToDecode
	}
	user, host, found := strings.Cut(rest, "@")
	if !found {
		return "", noFieldsAtAll
	}
	fields := strings.Split(user, s.sep())
	switch {
	case len(fields) < 6:
		return "", tooFewFields
	case len(fields) > 6:
		return "", tooManyFields
	case fields[3] == "":
		return "", noHostInDecoded
	}
	out := scheme + ":" + userPart(fields[1], fields[2]) + fields[3]
	if fields[4] != "" {
		out += ":" + fields[4]
	}
	if fields[5] != "" {
		out += ";transport=" + fields[5]
	}
	if i := strings.IndexByte(host, ';'); i >= 0 {
		out += host[i:]
	}
	return out, 1
}

func userPart(user, password string) string {
	switch {
	case user == "":
		return ""
	case password == "":
		return user + "@"
	}
	return user + ":" + password + "@"
}

// wrap puts a URI into a parameter of an address, in the base64 that URIs may hold.
func wrap(uri, name, address string) string {
	return address + ";" + name + "=" + base64.RawURLEncoding.EncodeToString([]byte(uri))
}

// unwrap gives the URI that a parameter holds, or "" if there is none. Ok is false for a value that is no URI.
func unwrap(uri, name string) (inner string, ok bool) {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return "", u.Scheme == sip.SchemeNone
	}
	value, _ := u.Param(name)
	if value == "" {
		return "", true
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
	if err != nil {
		return "", false
	}
	return string(text), true
}

// alias is the alias parameter for the address that a message came from: its host, port and protocol number.
func alias(f flow.Flow) string {
	host := f.Remote.Addr().Unmap().String()
	if f.Remote.Addr().Unmap().Is6() {
		host = "[" + host + "]"
	}
	return ";alias=" + host + "~" + itoa(int(f.Remote.Port())) + "~" + itoa(int(f.Proto))
}
