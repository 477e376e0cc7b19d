package permissions

import (
	"net/netip"
	"strings"
)

// parseIP reads an address as the incumbent does, which takes what other readers refuse: zeros before a number, empty
// numbers, and of a number above 255 its lowest byte. IPv6 addresses may stand in brackets and have no IPv4 part.
func parseIP(text string) (netip.Addr, bool) {
	if a, ok := parseIPv4(text); ok {
		return a, true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if text, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	}
	if strings.IndexByte(text, ':') < 0 || strings.ContainsAny(text, ".%") {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text)
	return a, err == nil
}

func parseIPv4(text string) (netip.Addr, bool) {
	var parts [4]byte
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '.' && n < 3:
			n++
		case '0' <= c && c <= '9':
			parts[n] = parts[n]*10 + c - '0'
		default:
			return netip.Addr{}, false
		}
	}
	return netip.AddrFrom4(parts), n == 3
}
