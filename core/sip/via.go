package sip

// Via is one value of a Via header (RFC 3261 20.42).
type Via struct {
	Raw       string // the value as written, up to its last parameter
	Protocol  string // "SIP"
	Version   string // "2.0"
	Transport string // "UDP", in the case it was written in
	Host      string // of sent-by; IPv6 references keep their brackets
	Port      string // of sent-by, may be empty
	Params    string // after the first semicolon

	// The well-known parameters. Has tells a parameter without a value from a missing one.
	Branch, Received, RPort, Maddr, TTL, Alias, I string

	PortNum                  uint16 // 0 if sent-by has no port
	HasRPort, HasAlias, HasI bool
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
		v.wellKnown()
	}
	return afterComma(tail[end:]), nil
}

// parseProtocol reads "SIP/2.0/UDP" with blanks around the slashes, and gives what follows.
func (v *Via) parseProtocol(s string) (rest string) {
	v.Protocol, s = cutToken(s)
	if s == "" || s[0] != '/' {
		return ""
	}
	v.Version, s = cutToken(trimLeft(s[1:]))
	if s == "" || s[0] != '/' {
		return ""
	}
	s = trimLeft(s[1:])
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

// wellKnown fills the fields of the well-known parameters.
func (v *Via) wellKnown() {
	for rest := v.Params; rest != ""; {
		var p Param
		p, rest = cutParam(rest, ';')
		if field := v.field(p.Name); field != nil {
			*field = p.Value
		}
	}
}

// field gives the field of a well-known parameter, and notes the presence of those that may go without a value.
func (v *Via) field(name string) *string {
	switch len(name) {
	case 1:
		v.HasI = v.HasI || EqualFold(name, "i")
		return fieldIf(name, "i", &v.I)
	case 3:
		return fieldIf(name, "ttl", &v.TTL)
	case 5:
		return v.field5(name)
	case 6:
		return fieldIf(name, "branch", &v.Branch)
	case 8:
		return fieldIf(name, "received", &v.Received)
	}
	return nil
}

func (v *Via) field5(name string) *string {
	switch {
	case EqualFold(name, "rport"):
		v.HasRPort = true
		return &v.RPort
	case EqualFold(name, "alias"):
		v.HasAlias = true
		return &v.Alias
	}
	return fieldIf(name, "maddr", &v.Maddr)
}

// Param looks up any parameter, without regard to case.
func (v *Via) Param(name string) (value string, has bool) {
	return findParam(ParseParams(v.Params), name)
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
