package sip

// wellKnown fills the fields of the well-known parameters. It is on the hot path and so does without a Params.
func (u *URI) wellKnown() {
	for rest := u.Params; rest != ""; {
		var p Param
		p, rest = cutParam(rest, ';')
		if field := u.field(p.Name); field != nil {
			*field = p.Value
		}
	}
}

// field gives the field of a well-known parameter, and notes the presence of those that may go without a value.
func (u *URI) field(name string) *string {
	switch len(name) {
	case 2:
		return u.flagField(name)
	case 3:
		return fieldIf(name, "ttl", &u.TTL)
	case 4:
		return fieldIf(name, "user", &u.UserParam)
	case 5:
		return fieldIf(name, "maddr", &u.Maddr)
	case 6:
		return fieldIf(name, "method", &u.Method)
	case 8:
		return fieldIf(name, "received", &u.Received)
	case 9:
		return fieldIf(name, "transport", &u.Transport)
	}
	return nil
}

func fieldIf(name, known string, field *string) *string {
	if EqualFold(name, known) {
		return field
	}
	return nil
}

func (u *URI) flagField(name string) *string {
	switch {
	case EqualFold(name, "lr"):
		u.HasLR = true
		return &u.LR
	case EqualFold(name, "r2"):
		u.HasR2 = true
		return &u.R2
	case EqualFold(name, "gr"):
		u.HasGR = true
		return &u.GR
	case EqualFold(name, "ob"):
		u.HasOb = true
		return &u.Ob
	}
	return nil
}

// Param looks up any parameter of the URI, without regard to case.
func (u *URI) Param(name string) (value string, has bool) {
	return findParam(ParseParams(u.Params), name)
}

// Header looks up a header of the URI (the part after the question mark), without regard to case. The value is as
// written, with its escapes.
func (u *URI) Header(name string) (value string, has bool) {
	return findParam(ParseURIHeaders(u.Headers), name)
}
