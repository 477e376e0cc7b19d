package sip

// The well-known parameters (RFC 3261 19.1.1). An empty value and a missing parameter look the same, except where HasParam tells. They are
// looked for when they are asked for: most URIs have none, and nobody reads those of most others.

// Transport gives the transport parameter.
func (u *URI) Transport() string { return u.param("transport") }

// UserParam gives the user parameter.
func (u *URI) UserParam() string { return u.param("user") }

// Maddr gives the maddr parameter.
func (u *URI) Maddr() string { return u.param("maddr") }

func (u *URI) param(name string) string {
	value, _ := u.Param(name)
	return value
}

// HasParam reports whether the URI has a parameter, with or without a value.
func (u *URI) HasParam(name string) bool {
	_, has := u.Param(name)
	return has
}

// Param looks up any parameter of the URI, without regard to case.
func (u *URI) Param(name string) (value string, has bool) {
	return findParam(u.Params, ';', name)
}

// Header looks up a header of the URI (the part after the question mark), without regard to case. The value is as
// written, with its escapes.
func (u *URI) Header(name string) (value string, has bool) {
	return findParam(u.Headers, '&', name)
}
