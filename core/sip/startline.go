package sip

import "strings"

// parseStartLine reads the request or status line (RFC 3261 7.1, 7.2). A version that is not ours is given back apart,
// since the rest of such a message is read all the same.
func (m *Message) parseStartLine() (version, err error) {
	end := strings.IndexByte(m.Raw, '\n')
	if end < 0 {
		return nil, ErrNotSIP
	}
	m.HeadersStart = end + 1
	line := trimRight(m.Raw[:end])
	if isVersion(line) {
		err = m.parseStatusLine(line)
	} else {
		err = m.parseRequestLine(line)
	}
	if err != nil || supported(m.Version) {
		return nil, err
	}
	return ErrVersion, nil
}

// isVersion reports whether a line begins with the name of a protocol and a slash.
func isVersion(line string) bool {
	return len(line) >= 4 && EqualFold(line[:4], "SIP/") || len(line) >= 5 && EqualFold(line[:5], "HTTP/")
}

// supported reports whether a version is SIP/2.0 or HTTP/1.x.
func supported(version string) bool {
	return EqualFold(version, "SIP/2.0") ||
		len(version) == len("HTTP/1.1") && EqualFold(version[:7], "HTTP/1.")
}

// parseRequestLine reads METHOD SP URI SP VERSION.
func (m *Message) parseRequestLine(line string) error {
	space := strings.IndexByte(line, ' ')
	last := strings.LastIndexByte(line, ' ')
	if space <= 0 || !isVersion(line[last+1:]) {
		return ErrNotSIP
	}
	m.IsRequest = true
	m.MethodName, m.Version = line[:space], line[last+1:]
	m.Method = ParseMethod(m.MethodName)
	if last <= space {
		return ErrStartLine
	}
	m.RequestURI = strings.TrimRight(line[space+1:last], " ")
	if m.RequestURI == "" || hasSpace(m.RequestURI) || m.Method == MethodOther && !isToken(m.MethodName) {
		return ErrStartLine
	}
	return nil
}

// hasSpace reports whether a text has a space or tab.
func hasSpace(s string) bool {
	return strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0
}

// parseStatusLine reads VERSION SP CODE SP REASON. The reason, and the space before it, may be missing.
func (m *Message) parseStatusLine(line string) error {
	version, rest, found := strings.Cut(line, " ")
	if !found || len(rest) < 3 {
		return ErrStartLine
	}
	m.Version = version
	status, err := parseUint(rest[:3], 699)
	if err != nil || status < 100 {
		return ErrStartLine
	}
	m.Status = int(status)
	reason := rest[3:]
	if reason == "" {
		return nil
	}
	if reason[0] != ' ' {
		return ErrStartLine
	}
	m.Reason = reason[1:]
	return nil
}

// IsHTTP reports whether the message is an HTTP one.
func (m *Message) IsHTTP() bool { return len(m.Version) > 4 && EqualFold(m.Version[:5], "HTTP/") }
