package sip

// Digest holds the parameters of digest credentials or of a challenge (RFC 3261 20.7, 20.27, 20.44; RFC 7616). Values
// are without quotes; escapes in them stay as written.
type Digest struct {
	Scheme string // "Digest", as written
	Params string // all of them, as written

	Username, Realm, Nonce, URI, Response string
	Algorithm, CNonce, NC, QOP, Opaque    string
	Domain, Stale                         string // of challenges
}

// ParseDigest reads the value of an Authorization, Proxy-Authorization, WWW-Authenticate or Proxy-Authenticate header.
// Another scheme than Digest is ErrDigest, with Scheme filled.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	d.Scheme, d.Params = cutToken(trim(s))
	if !EqualFold(d.Scheme, "Digest") || d.Params == "" {
		return d, ErrDigest
	}
	for p := ParseCommaParams(d.Params); p.Next(); {
		if !p.HasValue || p.Name == "" || !p.Quoted && hasQuote(p.Value) {
			return d, ErrDigest
		}
		if field := d.field(p.Name); field != nil {
			*field = p.Value
		}
	}
	return d, nil
}

// hasQuote finds a quoted string that was not closed, or one with text before it.
func hasQuote(s string) bool {
	for i := range len(s) {
		if s[i] == '"' {
			return true
		}
	}
	return false
}

// field gives the field of a known parameter.
func (d *Digest) field(name string) *string {
	fields := [...]struct {
		name  string
		field *string
	}{
		{"username", &d.Username}, {"realm", &d.Realm}, {"nonce", &d.Nonce}, {"uri", &d.URI},
		{"response", &d.Response}, {"algorithm", &d.Algorithm}, {"cnonce", &d.CNonce}, {"nc", &d.NC},
		{"qop", &d.QOP}, {"opaque", &d.Opaque}, {"domain", &d.Domain}, {"stale", &d.Stale},
	}
	for i := range fields {
		if EqualFold(name, fields[i].name) {
			return fields[i].field
		}
	}
	return nil
}

// Param looks up any parameter, without regard to case. The value comes without quotes.
func (d *Digest) Param(name string) (value string, has bool) {
	return findParam(ParseCommaParams(d.Params), name)
}

// Credentials gives the digest credentials for a realm among the headers of a type (Authorization or
// Proxy-Authorization), and the header that holds them. An empty realm takes the first ones. Without any it is
// ErrMissing; broken credentials, and those of other schemes, are passed over.
func (m *Message) Credentials(t HeaderType, realm string) (Digest, *Header, error) {
	for h := m.First(t); h != nil; h = m.Next(h) {
		d, err := ParseDigest(h.Value)
		if err == nil && (realm == "" || d.Realm == realm) {
			return d, h, nil
		}
	}
	return Digest{}, nil, ErrMissing
}
