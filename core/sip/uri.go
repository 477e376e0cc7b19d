package sip

import "strings"

// Scheme is the kind of a URI.
type Scheme uint8

// The schemes that a URI may have.
const (
	SchemeNone Scheme = iota
	SchemeSIP
	SchemeSIPS
	SchemeTel
	SchemeTels
	SchemeURN
)

var schemeNames = [...]string{"", "sip", "sips", "tel", "tels", "urn"}

// String gives the scheme in lower case.
func (s Scheme) String() string { return schemeNames[s] }

// Phone reports whether the scheme is tel or tels.
func (s Scheme) Phone() bool { return s == SchemeTel || s == SchemeTels }

// URI is a parsed sip, sips, tel, tels or urn URI (RFC 3261 19.1, RFC 3966). All texts are as written, escapes too.
type URI struct {
	Raw        string
	SchemeText string
	User       string // of sip and sips; the number of tel; the namespace of urn
	Password   string
	Host       string // IPv6 references keep their brackets; empty for tel; the name of urn
	Port       string
	Params     string // after the first semicolon behind the host, without it
	Headers    string // after the question mark, without it
	PortNum    uint16 // 0 if the URI has no port
	Scheme     Scheme
}

// ParseURI reads a URI.
func ParseURI(s string) (URI, error) {
	var u URI
	err := u.Parse(s)
	return u, err
}

// Parse reads a URI into u. After an error the parts before the broken one are filled.
func (u *URI) Parse(s string) error {
	*u = URI{Raw: s}
	if strings.HasPrefix(s, "sip:") { // as nearly all are
		u.SchemeText, u.Scheme = s[:3], SchemeSIP
		return u.parseSIP(s[4:])
	}
	colon := 0 // a loop, since a scheme is too short for strings.IndexByte to be quicker
	for colon < len(s) && s[colon] != ':' {
		colon++
	}
	if colon == 0 || colon == len(s) {
		return ErrScheme
	}
	u.SchemeText = s[:colon]
	u.Scheme = parseScheme(u.SchemeText)
	rest := s[colon+1:]
	switch u.Scheme {
	case SchemeSIP, SchemeSIPS:
		return u.parseSIP(rest)
	case SchemeTel, SchemeTels:
		return u.parseTel(rest)
	case SchemeURN:
		return u.parseURN(rest)
	}
	return ErrScheme
}

func parseScheme(s string) Scheme {
	for i := SchemeSIP; i <= SchemeURN; i++ {
		if EqualFold(s, schemeNames[i]) {
			return i
		}
	}
	return SchemeNone
}

// parseSIP reads [user[:password]@]host[:port][;params][?headers]. The user may hold semicolons and question marks, so
// the at sign is looked for first; a second one has no place anywhere.
func (u *URI) parseSIP(s string) error {
	if at := strings.IndexByte(s, '@'); at >= 0 {
		if !u.parseUser(s[:at]) {
			return ErrURI
		}
		s = s[at+1:]
	}
	var rest string
	u.Host, rest = cutHost(s)
	if u.Host == "" || u.Host[0] == '.' || u.Host[0] == '-' {
		return ErrURI
	}
	if rest != "" && rest[0] == ':' {
		i := 1 + digits(rest[1:])
		u.Port, rest = rest[1:i], rest[i:]
		if err := u.parsePort(); err != nil {
			return err
		}
	}
	return u.parseTail(rest)
}

// parseUser reads user[:password].
func (u *URI) parseUser(s string) bool {
	u.User = s
	plain, colons := true, 0
	for i := range len(s) {
		if byteClass[s[i]]&classNoURI != 0 {
			plain = false
		}
		if s[i] == ':' {
			if colons++; colons == 1 {
				u.User, u.Password = s[:i], s[i+1:]
			}
		}
	}
	return u.User != "" && plain && colons < 2
}

// parsePort takes an empty port for none, and lets 0 pass, as the incumbent does.
func (u *URI) parsePort() error {
	if u.Port == "" {
		return nil
	}
	n, err := parseUint(u.Port, 65535)
	u.PortNum = uint16(n)
	return err
}

// cutHost takes a host name, an IPv4 address or a bracketed IPv6 address.
func cutHost(s string) (host, rest string) {
	if s != "" && s[0] == '[' {
		return cutReference(s)
	}
	i := 0
	for i < len(s) && byteClass[s[i]]&classHost != 0 {
		i++
	}
	return s[:i], s[i:]
}

// cutReference takes an IPv6 address in brackets.
func cutReference(s string) (host, rest string) {
	i := 1
	for i < len(s) && (isHex(s[i]) || s[i] == ':' || s[i] == '.') {
		i++
	}
	if i < 4 || i == len(s) || s[i] != ']' {
		return "", s
	}
	return s[:i+1], s[i+1:]
}

// parseTail reads [;params][?headers].
func (u *URI) parseTail(s string) error {
	if s == "" {
		return nil
	}
	if !isPlain(s) {
		return ErrURI
	}
	switch s[0] {
	case ';':
		u.Params = s[1:]
		if i := strings.IndexByte(u.Params, '?'); i >= 0 {
			u.Params, u.Headers = u.Params[:i], u.Params[i+1:]
		}
	case '?':
		u.Headers = s[1:]
	default:
		return ErrURI
	}
	return nil
}

// isPlain reports whether a text has nothing that ends a URI: blanks, control characters, angle brackets, at signs.
func isPlain(s string) bool {
	for i := range len(s) {
		if byteClass[s[i]]&classNoURI != 0 {
			return false
		}
	}
	return true
}

// parseTel reads number[;params] (RFC 3966).
func (u *URI) parseTel(s string) error {
	number, tail := s, ""
	if i := strings.IndexAny(s, ";?"); i >= 0 {
		number, tail = s[:i], s[i:]
	}
	u.User = number
	if number == "" || !isPlain(number) {
		return ErrURI
	}
	return u.parseTail(tail)
}

// parseURN reads namespace:name (RFC 8141). The two stand as user and host, where scripts of the incumbent look for them.
func (u *URI) parseURN(s string) error {
	u.User, u.Host, _ = strings.Cut(s, ":")
	if u.User == "" || u.Host == "" || !isPlain(s) {
		return ErrURI
	}
	return nil
}

// Append writes the URI from its parts.
func (u *URI) Append(b []byte) []byte {
	b = append(append(b, u.SchemeText...), ':')
	switch {
	case u.Scheme == SchemeURN:
		return append(append(append(b, u.User...), ':'), u.Host...)
	case u.Scheme.Phone():
		b = append(b, u.User...)
	default:
		b = u.appendAuthority(b)
	}
	b = appendParams(b, u.Params)
	if u.Headers != "" {
		b = append(append(b, '?'), u.Headers...)
	}
	return b
}

// appendAuthority writes [user[:password]@]host[:port].
func (u *URI) appendAuthority(b []byte) []byte {
	if u.User != "" {
		b = append(b, u.User...)
		if u.Password != "" {
			b = append(append(b, ':'), u.Password...)
		}
		b = append(b, '@')
	}
	b = append(b, u.Host...)
	if u.Port != "" {
		b = append(append(b, ':'), u.Port...)
	}
	return b
}

// appendParams writes a list of parameters after a semicolon, if there are any.
func appendParams(b []byte, params string) []byte {
	if params == "" {
		return b
	}
	return append(append(b, ';'), params...)
}
