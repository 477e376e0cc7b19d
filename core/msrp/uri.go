package msrp

import (
	"strconv"
	"strings"
)

// URI is an MSRP URI in its parts, as they are written (RFC 4975 6).
type URI struct {
	Scheme   string // msrp or msrps
	UserInfo string // what stands before the @
	User     string // the same up to a colon
	Host     string // IPv6 addresses in brackets
	Port     string // empty if not given
	Session  string // session-id
	Proto    string // transport, "tcp"
	Params   string // what follows the transport
}

// DefaultPort is that of a URI without one (RFC 4975 6).
const DefaultPort = 2855

// ParseURI reads a URI. Its parts are substrings.
func ParseURI(s string) (URI, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.EqualFold(scheme, "msrp") && !strings.EqualFold(scheme, "msrps") || strings.ContainsAny(s, " \t\r\n") {
		return URI{}, ErrBadURI
	}
	u := URI{Scheme: scheme}
	rest, params, _ := strings.Cut(rest, ";")
	u.Proto, u.Params, _ = strings.Cut(params, ";")
	rest, u.Session, _ = strings.Cut(rest, "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		u.UserInfo, rest = rest[:at], rest[at+1:]
		u.User, _, _ = strings.Cut(u.UserInfo, ":")
	}
	return u, u.authority(rest)
}

// authority reads host and port.
func (u *URI) authority(s string) error {
	u.Host = s
	colon := strings.LastIndexByte(s, ':')
	if colon >= 0 && strings.IndexByte(s[colon:], ']') < 0 {
		u.Host, u.Port = s[:colon], s[colon+1:]
		if _, err := strconv.ParseUint(u.Port, 10, 16); err != nil {
			return ErrBadURI
		}
	}
	if u.Host == "" || strings.IndexByte(u.Host, ':') >= 0 && u.Host[0] != '[' {
		return ErrBadURI
	}
	return nil
}

// PortNumber is the port to connect to.
func (u *URI) PortNumber() uint16 {
	n, err := strconv.ParseUint(u.Port, 10, 16)
	if err != nil || n == 0 {
		return DefaultPort
	}
	return uint16(n)
}

// Secure tells whether the URI asks for TLS.
func (u *URI) Secure() bool { return len(u.Scheme) == len("msrps") }
