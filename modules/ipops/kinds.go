package ipops

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var kindFuncs = funcs{
	{Name: "detailed_ip_type", Args: "address str, variable str", Returns: kemi.Code, Call: (*state).describe, Doc: "writes the kind of an address (PRIVATE, LOOPBACK, MULTICAST, …) to a variable: 1, -1 if that is no address"},
	{Name: "detailed_ipv4_type", Args: "address str, variable str", Returns: kemi.Code, Call: (*state).describe4, Doc: "detailed_ip_type for IPv4; blanks around the address do not matter"},
	{Name: "detailed_ipv6_type", Args: "address str, variable str", Returns: kemi.Code, Call: (*state).describe6, Doc: "detailed_ip_type for IPv6; blanks and brackets around the address do not matter"},
}

// special is a block of addresses with a purpose of its own (RFC 6890).
type special struct {
	prefix netip.Prefix
	name   string
}

// The blocks by the incumbent's names; the first that fits counts.
var (
	specials4 = specials(
		"255.255.255.255/32 BROADCAST", "240.0.0.0/4 RESERVED", "0.0.0.0/8 PRIVATE", "10.0.0.0/8 PRIVATE", "172.16.0.0/12 PRIVATE",
		"192.168.0.0/16 PRIVATE", "127.0.0.0/8 LOOPBACK", "100.64.0.0/10 SHARED", "169.254.0.0/16 LINK-LOCAL", "192.0.0.0/24 RESERVED",
		"192.0.2.0/24 TEST-NET", "198.51.100.0/24 TEST-NET", "203.0.113.0/24 TEST-NET", "192.88.99.0/24 6TO4-RELAY",
		"198.18.0.0/15 RESERVED", "224.0.0.0/4 MULTICAST", "0.0.0.0/0 PUBLIC")
	specials6 = specials(
		"::/128 UNSPECIFIED", "::1/128 LOOPBACK", "::ffff:0:0/96 IPV4MAP", "100::/64 DISCARD", "2001::/32 TEREDO", "2001:2::/48 BMWG",
		"2001:10::/28 ORCHID", "2001:db8::/32 DOCUMENTATION", "2002::/16 6TO4", "fc00::/7 UNIQUE-LOCAL-UNICAST",
		"fe80::/10 LINK-LOCAL-UNICAST", "ff00::/8 MULTICAST", "2000::/3 GLOBAL-UNICAST", "::/0 RESERVED")
)

// specials reads a table.
func specials(rows ...string) (table []special) {
	for _, row := range rows {
		prefix, name, _ := strings.Cut(row, " ")
		table = append(table, special{netip.MustParsePrefix(prefix), name})
	}
	return table
}

func nameOf(addr netip.Addr) string {
	table := specials6
	if addr.Is4() {
		table = specials4
	}
	for _, x := range table {
		if x.prefix.Contains(addr) {
			return x.name
		}
	}
	return ""
}

func (s *state) describe(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	addr, k := parse(a.Str(0))
	return writeKind(c, a.Str(1), addr, k != noAddress)
}

func (s *state) describe4(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	addr, k := parse(strings.TrimSpace(a.Str(0)))
	return writeKind(c, a.Str(1), addr, k == ipv4)
}

func (s *state) describe6(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text := strings.TrimSpace(a.Str(0))
	if inner, bracketed := strings.CutPrefix(text, "["); bracketed {
		text = strings.TrimSuffix(inner, "]")
	}
	addr, k := parse(text)
	return writeKind(c, a.Str(1), addr, k == ipv6)
}

// writeKind writes to a variable that the script names.
func writeKind(c *kemi.Ctx, variable string, addr netip.Addr, ok bool) kemi.Value {
	if !ok {
		return no
	}
	v := c.Server.Registry.FindVar(variable)
	if v == nil || !v.Writable() {
		c.Misuse("ipops.detailed_ip_type", "want a variable that can be written, got "+variable)
		return no
	}
	v.Set(c, kemi.Str(nameOf(addr)))
	return yes
}
