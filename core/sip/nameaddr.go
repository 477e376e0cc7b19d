package sip

import "strings"

// NameAddr is an address as From, To, Contact, Route and their like hold it (RFC 3261 20.10, 25.1).
type NameAddr struct {
	Raw         string // the element as written, from the display name to the last parameter
	Display     string // as written, with quotes, without blanks around it
	URIText     string // without the angle brackets
	Params      string // of the header, after the first semicolon
	Tag         string // the tag parameter
	HasBrackets bool

	unsound bool // a parameter breaks the grammar
	uri     lazy[URI]
}

// ParseNameAddr reads one address of a comma-separated list; rest is what follows the comma.
func ParseNameAddr(s string) (addr NameAddr, rest string, err error) {
	rest, err = addr.Parse(s)
	return addr, rest, err
}

// Parse is ParseNameAddr into memory that the caller has. After an error the parts before the broken one are filled. What
// URI gave before is written over by its next call.
func (a *NameAddr) Parse(s string) (rest string, err error) {
	a.reset()
	s = trimLeft(s)
	tail, err := a.parseAddress(s)
	if err != nil {
		return "", err
	}
	end := elementEnd(tail)
	if end < 0 || a.URIText == "" {
		return "", ErrNameAddr
	}
	a.Raw = trimRight(s[:len(s)-len(tail)+end])
	params := trimRight(tail[:end])
	if params != "" {
		if params[0] != ';' {
			return "", ErrNameAddr
		}
		a.Params = trimLeft(params[1:])
		a.readParams()
	}
	return afterComma(tail[end:]), nil
}

// reset forgets what was parsed before. A parsed URI is not cleared, only no longer counted on: it is most of the memory.
func (a *NameAddr) reset() {
	a.Raw, a.Display, a.URIText, a.Params, a.Tag = "", "", "", "", ""
	a.HasBrackets, a.unsound, a.uri.done = false, false, false
}

// readParams finds the tag, and whether all parameters are sound.
func (a *NameAddr) readParams() {
	for rest, more := a.Params, a.Params != ""; more; {
		var name, value string
		var sound bool
		name, value, rest, sound, more = nextParam(rest)
		a.unsound = a.unsound || !sound
		if EqualFold(name, "tag") {
			a.Tag = value
		}
	}
}

// parseAddress reads the display name and the URI and gives what follows them, without leading blanks.
func (a *NameAddr) parseAddress(s string) (tail string, err error) {
	i := 0
	if s != "" && s[0] == '"' {
		if i = closeQuote(s); i < 0 {
			return "", ErrNameAddr
		}
	}
	for i < len(s) && s[i] != '<' && s[i] != ';' && s[i] != ',' {
		i++
	}
	if i == len(s) || s[i] != '<' {
		a.URIText = trimRight(s[:i])
		if hasBlank(a.URIText) || a.URIText != "" && s[0] == '"' {
			return "", ErrNameAddr
		}
		return s[i:], nil
	}
	end := strings.IndexByte(s[i:], '>')
	if end < 0 {
		return "", ErrNameAddr
	}
	a.HasBrackets = true
	a.Display = trimRight(s[:i])
	a.URIText = trim(s[i+1 : i+end])
	return trimLeft(s[i+end+1:]), nil
}

// URI gives the parsed URI of the address. The pointer is never nil.
func (a *NameAddr) URI() (*URI, error) {
	if !a.uri.done {
		a.uri.done = true
		a.uri.err = a.uri.value.Parse(a.URIText)
	}
	return &a.uri.value, a.uri.err
}

func (a *NameAddr) badURI() bool { return a.uri.done && a.uri.err != nil }

// Param looks up a parameter of the header, without regard to case. The value comes without quotes.
func (a *NameAddr) Param(name string) (value string, has bool) {
	return findParam(a.Params, ';', name)
}

// DisplayText gives the display name without quotes; escapes stay.
func (a *NameAddr) DisplayText() string {
	if n := len(a.Display); n > 1 && a.Display[0] == '"' && a.Display[n-1] == '"' {
		return a.Display[1 : n-1]
	}
	return a.Display
}

// From gives the parsed From header. The pointer is never nil.
func (m *Message) From() (*NameAddr, error) { return m.address(&m.from, HdrFrom) }

// To gives the parsed To header. The pointer is never nil.
func (m *Message) To() (*NameAddr, error) { return m.address(&m.to, HdrTo) }

// address reads a header that holds one address.
func (m *Message) address(cache *lazy[NameAddr], t HeaderType) (*NameAddr, error) {
	if !cache.done {
		cache.done = true
		cache.err = m.readAddress(&cache.value, t)
	}
	return &cache.value, cache.err
}

func (m *Message) readAddress(a *NameAddr, t HeaderType) error {
	h := m.First(t)
	if h == nil {
		a.reset()
		return ErrMissing
	}
	rest, err := a.Parse(h.Value)
	if err == nil && rest != "" {
		return ErrNameAddr
	}
	return err
}

// Append writes the address from its parts.
func (a *NameAddr) Append(b []byte) []byte {
	if a.Display != "" {
		b = append(append(b, a.Display...), ' ')
	}
	if a.HasBrackets {
		b = append(append(append(b, '<'), a.URIText...), '>')
	} else {
		b = append(b, a.URIText...)
	}
	return appendParams(b, a.Params)
}
