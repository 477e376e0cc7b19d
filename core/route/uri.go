package route

import "github.com/moonroute/moonroute/core/sip"

// MaxURI is the length of the longest request URI that scripts can put together from parts.
const MaxURI = 1023

// NoURI stands for the empty request URI that a script may set: no text at all means the received one. Like an empty one it
// cannot be read.
const NoURI = ":"

// WithUser is a URI with another user. An empty user takes the user part out, password and all.
func WithUser(u *sip.URI, user string) string {
	if u.Scheme.Phone() {
		return u.SchemeText + ":" + user + tail(u)
	}
	out := u.SchemeText + ":"
	if user != "" {
		out += user
		if u.Password != "" {
			out += ":" + u.Password
		}
		out += "@"
	}
	return out + hostPort(u) + tail(u)
}

// WithHost is a URI with another host. A telephone number becomes the user of a sip URI
// with user=phone (RFC 3261 19.1.6).
func WithHost(u *sip.URI, host string) string {
	if u.Scheme.Phone() {
		return "sip:" + u.User + tail(u) + "@" + host + ";user=phone"
	}
	out := u.SchemeText + ":"
	if u.User != "" {
		out += u.User
		if u.Password != "" {
			out += ":" + u.Password
		}
		out += "@"
	}
	out += host
	if u.Port != "" {
		out += ":" + u.Port
	}
	return out + tail(u)
}

func hostPort(u *sip.URI) string {
	if u.Port == "" {
		return u.Host
	}
	return u.Host + ":" + u.Port
}

// tail is what follows the host: parameters and headers.
func tail(u *sip.URI) string {
	out := ""
	if u.Params != "" {
		out = ";" + u.Params
	}
	if u.Headers != "" {
		out += "?" + u.Headers
	}
	return out
}
