package sip

import "strings"

// Via is one value of a Via header (RFC 3261 20.42).
type Via struct {
	Raw       string // the value as written, up to its last parameter
	Protocol  string // "SIP"
	Version   string // "2.0"
	Transport string // "UDP", in the case it was written in
	Host      string // of sent-by; IPv6 references keep their brackets
	Port      string // of sent-by, may be empty
	Params    string // after the first semicolon

	// The parameters that the server itself looks at. HasRPort tells one without a value from a missing one.
	Branch, Received, RPort, Maddr string

	PortNum            uint16 // 0 if sent-by has no port
	HasRPort, HasAlias bool

	hasBranch bool
	unsound   bool // a parameter breaks the grammar
}

// ParseVia reads one value of a comma-separated list; rest is what follows the comma.
func ParseVia(s string) (via Via, rest string, err error) {
	rest, err = via.parse(s)
	return via, rest, err
}

func (v *Via) parse(s string) (rest string, err error) {
	*v = Via{}
	s = trimLeft(s)
	tail, err := v.parseSentBy(v.parseProtocol(s))
	if err != nil {
		return "", err
	}
	end := elementEnd(tail)
	if end < 0 || tail != "" && tail[0] != ';' && tail[0] != ',' {
		return "", ErrVia
	}
	v.Raw = trimRight(s[:len(s)-len(tail)+end])
	if end > 0 {
		v.Params = trim(tail[1:end])
		v.readParams()
	}
	return afterComma(tail[end:]), nil
}

// parseProtocol reads "SIP/2.0/UDP" with blanks around the slashes, and gives what follows.
func (v *Via) parseProtocol(s string) (rest string) {
	if strings.HasPrefix(s, "SIP/2.0/") { // as nearly all write it
		v.Protocol, v.Version = s[:3], s[4:7]
		return v.parseTransport(s[8:])
	}
	v.Protocol, s = cutToken(s)
	if s == "" || s[0] != '/' {
		return ""
	}
	v.Version, s = cutToken(trimLeft(s[1:]))
	if s == "" || s[0] != '/' {
		return ""
	}
	return v.parseTransport(s[1:])
}

// parseTransport reads the transport and the blanks around it.
func (v *Via) parseTransport(s string) (rest string) {
	s = trimLeft(s)
	v.Transport, rest = cutToken(s)
	if len(v.Transport)+len(rest) == len(s) {
		return "" // no blank before the host
	}
	return rest
}

// parseSentBy reads host[:port] and gives what follows, without leading blanks.
func (v *Via) parseSentBy(s string) (tail string, err error) {
	if v.Protocol == "" || v.Version == "" || v.Transport == "" {
		return "", ErrVia
	}
	v.Host, s = cutHost(s)
	if v.Host == "" {
		return "", ErrVia
	}
	s = trimLeft(s)
	if s == "" || s[0] != ':' {
		return s, nil
	}
	s = trimLeft(s[1:])
	i := digits(s)
	v.Port = s[:i]
	if v.PortNum, err = parsePort(v.Port); err != nil {
		return "", err
	}
	return trimLeft(s[i:]), nil
}

// readParams fills the fields of the well-known parameters, and finds whether all are sound.
func (v *Via) readParams() {
	for rest, more := v.Params, v.Params != ""; more; {
		var name, value string
		var sound bool
		name, value, rest, sound, more = nextParam(rest)
		v.unsound = v.unsound || !sound
		v.wellKnown(name, value)
	}
}

// wellKnown keeps the value of a parameter that has a field.
func (v *Via) wellKnown(name, value string) {
	switch {
	case EqualFold(name, "branch"):
		v.Branch, v.hasBranch = value, true
	case EqualFold(name, "rport"):
		v.RPort, v.HasRPort = value, true
	case EqualFold(name, "received"):
		v.Received = value
	case EqualFold(name, "maddr"):
		v.Maddr = value
	case EqualFold(name, "alias"):
		v.HasAlias = true
	}
}

// Param looks up any parameter, without regard to case.
func (v *Via) Param(name string) (value string, has bool) {
	return findParam(v.Params, ';', name)
}

// Append writes the value from its parts.
func (v *Via) Append(b []byte) []byte {
	b = append(append(append(b, v.Protocol...), '/'), v.Version...)
	b = append(append(append(b, '/'), v.Transport...), ' ')
	b = append(b, v.Host...)
	if v.Port != "" {
		b = append(append(b, ':'), v.Port...)
	}
	return appendParams(b, v.Params)
}
