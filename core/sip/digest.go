package sip

import "strings"

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
	if !d.IsDigest() || d.Params == "" {
		return d, ErrDigest
	}
	fields := d.fields()
	for p := ParseCommaParams(d.Params); p.Next(); {
		if !p.HasValue || p.Name == "" || !p.Quoted && hasQuote(p.Value) {
			return d, ErrDigest
		}
		if f := findField(&fields, p.Name); f != nil {
			*f = p.Value
		}
	}
	return d, nil
}

// IsDigest tells whether the scheme is the one that this type is about.
func (d *Digest) IsDigest() bool { return EqualFold(d.Scheme, "Digest") }

// hasQuote finds a quoted string that was not closed, or one with text before it.
func hasQuote(s string) bool { return strings.IndexByte(s, '"') >= 0 }

// digestField is a known parameter and its place in a Digest.
type digestField struct {
	name  string
	field *string
}

// fields are the known parameters in the order in which they are written.
func (d *Digest) fields() [12]digestField {
	return [...]digestField{
		{"username", &d.Username}, {"realm", &d.Realm}, {"domain", &d.Domain}, {"nonce", &d.Nonce}, {"uri", &d.URI},
		{"response", &d.Response}, {"algorithm", &d.Algorithm}, {"cnonce", &d.CNonce}, {"opaque", &d.Opaque},
		{"qop", &d.QOP}, {"nc", &d.NC}, {"stale", &d.Stale},
	}
}

// findField gives the place of a known parameter, or nil.
func findField(fields *[12]digestField, name string) *string {
	for i := range fields {
		if EqualFold(name, fields[i].name) {
			return fields[i].field
		}
	}
	return nil
}

// Param looks up any parameter, without regard to case. The value comes without quotes.
func (d *Digest) Param(name string) (value string, has bool) {
	return findParam(d.Params, ',', name)
}

// User gives the two parts of the user name, which may be written as "user", "user@domain" or "sip:user@domain".
func (d *Digest) User() (user, domain string) {
	if len(d.Username) <= 2 {
		return d.Username, ""
	}
	user, domain, _ = strings.Cut(d.Username, "@")
	if _, after, ok := strings.Cut(user, ":"); ok {
		user = after
	}
	return user, domain
}

// Append writes the known parameters that are not empty, as the value of a header. RFC 3261 25.1 wants some of them
// without quotes, and qop with quotes in a challenge only.
func (d *Digest) Append(dst []byte) []byte {
	dst = append(dst, "Digest "...)
	start := len(dst)
	for _, f := range d.fields() {
		if *f.field == "" {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ", "...)
		}
		dst = append(append(dst, f.name...), '=')
		if d.unquoted(f.name, *f.field) {
			dst = append(dst, *f.field...)
			continue
		}
		dst = append(append(append(dst, '"'), *f.field...), '"')
	}
	return dst
}

// unquoted tells how a value is written. One that would not end where its quotes do came without them.
func (d *Digest) unquoted(name, value string) bool {
	token := false
	switch name {
	case "algorithm", "nc", "stale":
		token = isToken(value)
	case "qop":
		token = d.Response != "" && isToken(value)
	}
	return token || !quotable(value)
}

// quotable tells whether a value between quotes ends at the closing one.
func quotable(value string) bool {
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '"':
			return false
		case '\\':
			i++
			if i == len(value) {
				return false
			}
		}
	}
	return true
}

// Credentials gives the digest credentials for a realm among the headers of a type (Authorization or
// Proxy-Authorization), and the header that holds them. Realms differ in more than case. An empty realm takes the first
// ones. Without any it is ErrMissing; broken credentials, and those of other schemes, are passed over.
func (m *Message) Credentials(t HeaderType, realm string) (Digest, *Header, error) {
	for h := m.First(t); h != nil; h = m.Next(h) {
		d, err := ParseDigest(h.Value)
		if err == nil && (realm == "" || EqualFold(d.Realm, realm)) {
			return d, h, nil
		}
	}
	return Digest{}, nil, ErrMissing
}
