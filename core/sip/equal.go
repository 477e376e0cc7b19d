package sip

import "strings"

// maxCompared is how many parameters, or URI headers, two URIs may have and still be compared one by one: the work grows
// with the square of it, and a stranger chooses it. Longer lists must be equal to the letter.
const maxCompared = 32

// Equal reports whether two URIs name the same resource: RFC 3261 19.1.4 for sip and sips, RFC 3966 5 for tel.
func (u *URI) Equal(o *URI) bool {
	if u.Scheme != o.Scheme {
		return false
	}
	if u.hasMany() || o.hasMany() {
		return u.Raw == o.Raw
	}
	switch {
	case u.Scheme.Phone():
		return equalNumber(u.User, o.User) && sameParams(u, o) && sameParams(o, u)
	case u.Scheme == SchemeURN:
		return EqualFold(u.User, o.User) && u.Host == o.Host
	}
	return equalPart(u.User, o.User, false) && equalPart(u.Password, o.Password, false) &&
		equalPart(u.Host, o.Host, true) && u.PortNum == o.PortNum &&
		agreeingParams(u, o) && agreeingParams(o, u) && sameHeaders(u, o) && sameHeaders(o, u)
}

func (u *URI) hasMany() bool {
	return strings.Count(u.Params, ";") >= maxCompared || strings.Count(u.Headers, "&") >= maxCompared
}

// equalPart compares a part of a URI, where a %HH escape equals its character, unless that is a reserved one.
func equalPart(a, b string, fold bool) bool {
	for a != "" && b != "" {
		var x, y uint16
		x, a = unit(a, fold)
		y, b = unit(b, fold)
		if x != y {
			return false
		}
	}
	return a == "" && b == ""
}

// unit takes one character. An escaped reserved character is marked, so that it differs from the bare one.
func unit(s string, fold bool) (c uint16, rest string) {
	const escaped = 0x100
	b, n := s[0], 1
	if b == '%' && len(s) > 2 && isHex(s[1]) && isHex(s[2]) {
		b, n = hexValue(s[1])<<4|hexValue(s[2]), 3
	}
	if fold {
		b = lower(b)
	}
	c = uint16(b)
	if n == 3 && strings.IndexByte(";/?:@&=+$,%", b) >= 0 {
		c |= escaped
	}
	return c, s[n:]
}

// agreeingParams reports whether each parameter of u has the same value in o. Only those that change where a request
// goes, or what it is, must be there at all.
func agreeingParams(u, o *URI) bool {
	for p := ParseParams(u.Params); p.Next(); {
		value, has := o.Param(p.Name)
		if has && !equalPart(p.Value, value, true) || !has && mustMatch(p.Name) {
			return false
		}
	}
	return true
}

func mustMatch(name string) bool {
	switch len(name) {
	case 3:
		return EqualFold(name, "ttl")
	case 4:
		return EqualFold(name, "user")
	case 5:
		return EqualFold(name, "maddr")
	case 6:
		return EqualFold(name, "method")
	case 9:
		return EqualFold(name, "transport")
	}
	return false
}

// sameParams reports whether o has each parameter of u with the same value.
func sameParams(u, o *URI) bool {
	for p := ParseParams(u.Params); p.Next(); {
		value, has := o.Param(p.Name)
		if !has || !equalPart(p.Value, value, true) {
			return false
		}
	}
	return true
}

// sameHeaders reports whether o has each URI header of u with the same value.
func sameHeaders(u, o *URI) bool {
	for p := ParseURIHeaders(u.Headers); p.Next(); {
		value, has := o.Header(p.Name)
		if !has || !equalPart(p.Value, value, false) {
			return false
		}
	}
	return true
}

// equalNumber compares telephone numbers without their visual separators.
func equalNumber(a, b string) bool {
	for {
		a, b = strings.TrimLeft(a, "-.()"), strings.TrimLeft(b, "-.()")
		if a == "" || b == "" {
			return a == b
		}
		if lower(a[0]) != lower(b[0]) {
			return false
		}
		a, b = a[1:], b[1:]
	}
}
