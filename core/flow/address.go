package flow

import (
	"net/netip"
	"strings"
)

// CutProto takes the protocol off the front of "proto:host:port", where it may be left out: p is None then. A word that names
// no protocol belongs to the rest.
func CutProto(text string) (p Proto, rest string) {
	if name, after, found := strings.Cut(text, ":"); found {
		if p, known := ParseProto(name); known {
			return p, after
		}
	}
	return None, text
}

// ParseAddress reads "proto:ip:port", as scripts and parameters name one end of a way; IPv6 stands in brackets. Where no
// protocol is written p is None. It is false for a text that is no address: names are not looked up, and the port must be there.
func ParseAddress(text string) (p Proto, at netip.AddrPort, ok bool) {
	p, rest := CutProto(text)
	at, err := netip.ParseAddrPort(rest)
	return p, at, err == nil
}
