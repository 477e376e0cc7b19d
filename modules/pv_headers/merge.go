package pv_headers

import "strings"

// write puts an address together again.
func (a address) write(display, uri string) string {
	whole := "<" + uri + ">"
	if display != "" {
		whole = display + " " + whole
	}
	if a.Params != "" {
		whole += ";" + a.Params
	}
	return whole
}

// mergeURI takes a URI, or a whole address if it has angle brackets.
func mergeURI(a address, uri string) (string, bool) {
	if strings.IndexByte(uri, '<') >= 0 {
		return uri, true
	}
	return a.write(a.Display, uri), true
}

// mergeUser puts in a user; a URI that had none gets its separator. Nobody can have an empty one.
func mergeUser(a address, user string) (string, bool) {
	scheme, rest, ok := strings.Cut(a.URIText, ":")
	if !ok || user == "" || strings.IndexByte(user, '@') >= 0 {
		return "", false
	}
	if a.uri.User == "" && !strings.HasPrefix(rest, "@") {
		rest = "@" + rest
	}
	return a.write(a.Display, scheme+":"+user+rest[len(a.uri.User):]), true
}

// mergeHost leaves the port. Only a URI with a user can get another host.
func mergeHost(a address, host string) (string, bool) {
	i := strings.IndexByte(a.URIText, '@')
	if i < 0 || host == "" {
		return "", false
	}
	return a.write(a.Display, a.URIText[:i+1]+host+a.URIText[i+1+len(a.uri.Host):]), true
}

func mergeDisplay(a address, display string) (string, bool) {
	whole := a.write("", a.URIText)
	return display + " " + whole, true
}
