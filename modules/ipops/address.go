package ipops

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var addressFuncs = funcs{
	{Name: "is_ip", Args: "text str", Returns: kemi.Code, Call: is(ipv4, ipv6, reference), Doc: "the text is an address, an IPv6 one in brackets or without: 1 or -1"},
	{Name: "is_pure_ip", Args: "text str", Returns: kemi.Code, Call: is(ipv4, ipv6), Doc: "the text is an address without brackets: 1 or -1"},
	{Name: "is_ip4", Args: "text str", Returns: kemi.Code, Call: is(ipv4), Doc: "the text is an IPv4 address: 1 or -1"},
	{Name: "is_ip6", Args: "text str", Returns: kemi.Code, Call: is(ipv6), Doc: "the text is an IPv6 address without brackets: 1 or -1"},
	{Name: "is_ip6_reference", Args: "text str", Returns: kemi.Code, Call: is(reference), Doc: "the text is an IPv6 address in brackets: 1 or -1"},
	{Name: "ip_type", Args: "text str", Returns: kemi.Code, Call: (*state).ipType, Doc: "1 for IPv4, 2 for IPv6, 3 for IPv6 in brackets, -1 for anything else"},
	{Name: "is_ip_rfc1918", Args: "text str", Returns: kemi.Code, Call: (*state).isPrivate, Doc: "the text is a private IPv4 address (RFC 1918): 1 or -1"},
	{Name: "compare_ips", Args: "first str, second str", Returns: kemi.Code, Call: (*state).compare, Doc: "two texts are the same address, with brackets or without: 1 or -1"},
	{Name: "compare_pure_ips", Args: "first str, second str", Returns: kemi.Code, Call: (*state).comparePure, Doc: "two texts are the same address, both without brackets: 1 or -1"},
	{Name: "is_in_subnet", Args: "address str, subnets str", Returns: kemi.Code, Call: (*state).inSubnet, Doc: "an address is one of a list, or lies in a subnet of it (10.0.0.0/8,192.0.2.1): 1 or -1"},
	{Name: "ip_is_in_subnet", Args: "address str, subnets str", Returns: kemi.Code, Call: (*state).inSubnet, Doc: "is_in_subnet"},
}

// kind is how an address is written.
type kind uint8

const (
	noAddress kind = iota
	ipv4
	ipv6
	reference // an IPv6 address in brackets (RFC 3986 3.2.2)
)

// parse reads an address. Zones, octets with leading zeros and blanks are not allowed.
func parse(text string) (netip.Addr, kind) {
	bracketed := strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]")
	if bracketed {
		text = text[1 : len(text)-1]
	}
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil || addr.Zone() != "":
		return netip.Addr{}, noAddress
	case addr.Is4() && bracketed:
		return netip.Addr{}, noAddress
	case addr.Is4():
		return addr, ipv4
	case bracketed:
		return addr, reference
	}
	return addr, ipv6
}

// is makes a function that accepts some kinds.
func is(kinds ...kind) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
		_, k := parse(a.Str(0))
		for _, accepted := range kinds {
			if k == accepted {
				return yes
			}
		}
		return no
	}
}

func (s *state) ipType(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	_, k := parse(a.Str(0))
	if k == noAddress {
		return no
	}
	return kemi.Int(int(k))
}

func (s *state) isPrivate(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	addr, k := parse(a.Str(0))
	return verdict(k == ipv4 && addr.IsPrivate())
}

func (s *state) compare(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, kx := parse(a.Str(0))
	y, ky := parse(a.Str(1))
	return verdict(kx != noAddress && ky != noAddress && x == y)
}

func (s *state) comparePure(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, kx := parse(a.Str(0))
	y, ky := parse(a.Str(1))
	return verdict(kx != noAddress && kx == ky && kx != reference && x == y)
}
