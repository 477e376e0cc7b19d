// Package account manages what an operator gives to users in the database: their
// passwords, their membership in groups and their aliases, in Kamailio's tables subscriber,
// grp and dbaliases.
package account

import (
	"fmt"
	"strings"
)

// Name is a user of a domain.
type Name struct{ User, Domain string }

// String is user@domain.
func (n Name) String() string { return n.User + "@" + n.Domain }

// maxName is the size of the columns for users, domains, groups and passwords.
const maxName = 64

// userMarks are the characters of a user beside letters and digits (RFC 3261 section 25.1,
// mark and user-unreserved, with % for escapes).
const userMarks = "-_.!~*'()&=+$,;?/%"

// ParseName reads user@domain, also with sip: before it. A user alone belongs to the
// given domain. The error says what would be right.
func ParseName(text, domain string) (Name, error) {
	rest := strings.TrimPrefix(strings.TrimPrefix(text, "sips:"), "sip:")
	user, host, found := strings.Cut(rest, "@")
	if !found {
		host = domain
	}
	switch {
	case user == "" || !consistsOf(user, userMarks):
		return Name{}, fmt.Errorf("account: %q is no user: letters, digits and %s are allowed before the @", text, userMarks)
	case host == "":
		return Name{}, fmt.Errorf("account: %q has no domain: write %s@DOMAIN, or give --domain or the environment variable SIP_DOMAIN", text, user)
	case !isHost(host):
		return Name{}, fmt.Errorf("account: %q is no domain: write user@example.com, without a port", host)
	case len(user) > maxName || len(host) > maxName:
		return Name{}, fmt.Errorf("account: %q is too long: the tables hold %d characters for the user and for the domain", text, maxName)
	}
	return Name{user, strings.ToLower(host)}, nil
}

// isHost takes names and addresses; colons are those of an IPv6 address in brackets.
func isHost(text string) bool {
	inner, ok := strings.CutPrefix(text, "[")
	if ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && consistsOf(inner, ":.")
	}
	return consistsOf(text, "-._")
}

func consistsOf(text, marks string) bool {
	for _, c := range []byte(text) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && !strings.Contains(marks, string(rune(c))) {
			return false
		}
	}
	return true
}

// checkGroup refuses what scripts cannot ask for.
func checkGroup(name string) error {
	if name == "" || len(name) > maxName || !consistsOf(name, userMarks) {
		return fmt.Errorf("account: %q is no name of a group: up to %d letters, digits and %s are allowed", name, maxName, userMarks)
	}
	return nil
}
