package ipops

import (
	"context"
	"net/netip"
	"slices"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
)

var dnsFuncs = funcs{
	{Name: "dns_query", Args: "name str, id str", Returns: kemi.Code, Waits: true, Call: (*state).query, Doc: "asks for the addresses of a name, for $dns(id=>…): 1, -4 if there are none, -2 if the name is too long"},
	{Name: "dns_sys_match_ip", Args: "name str, address str", Returns: kemi.Code, Waits: true, Call: (*state).matchSystem, Doc: "a name has an address, as the machine's resolver says: 1, -1 if not, -3 for a bad address, -4 if the name has none"},
	{Name: "dns_int_match_ip", Args: "name str, address str", Returns: kemi.Code, Waits: true, Call: (*state).matchDNS, Doc: "dns_sys_match_ip that asks the DNS alone, for IPv4"},
	{Name: "dns_set_local_ttl", Args: "seconds int", Returns: kemi.Code, Doc: "1; accepted, since addresses from the machine's own tables are not cached here",
		Call: func(*state, *kemi.Ctx, *kemi.Args) kemi.Value { return yes }},
}

// maxName is the longest name that dns_query takes.
const maxName = 255

// resolve asks the machine's resolver; an address stands for itself.
func (s *state) resolve(c *kemi.Ctx, name string) (addrs []netip.Addr) {
	if addr, k := parse(name); k == ipv4 || k == ipv6 {
		return []netip.Addr{addr}
	}
	if addr, ok := oldForm(name); ok {
		return []netip.Addr{addr}
	}
	if name == "" || len(name) > maxName {
		return nil
	}
	wait(c, func(ctx context.Context) {
		found, err := s.dns.addresses(ctx, name)
		if err != nil {
			return
		}
		for _, addr := range found {
			addrs = append(addrs, addr.Unmap())
		}
	})
	return addrs
}

// resolve4 asks the DNS for IPv4 addresses.
func (s *state) resolve4(c *kemi.Ctx, name string) (addrs []netip.Addr) {
	if addr, k := parse(name); k == ipv4 {
		return []netip.Addr{addr}
	}
	wait(c, func(ctx context.Context) {
		found, _ := s.dns.records(ctx, name, resolve.A)
		for i := range found {
			addrs = append(addrs, found[i].Addr)
		}
	})
	return addrs
}

func (s *state) query(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if len(a.Str(0)) > maxName {
		return badName
	}
	name, id := a.Str(0), a.Str(1)
	addrs := s.resolve(c, name)
	s.keep(c, dnsContainer, id, result{addrs: addrs})
	if len(addrs) == 0 {
		return unresolved
	}
	return yes
}

func (s *state) matchSystem(c *kemi.Ctx, a *kemi.Args) kemi.Value { return match(c, a, s.resolve) }
func (s *state) matchDNS(c *kemi.Ctx, a *kemi.Args) kemi.Value    { return match(c, a, s.resolve4) }

func match(c *kemi.Ctx, a *kemi.Args, resolve func(*kemi.Ctx, string) []netip.Addr) kemi.Value {
	addr, k := parse(a.Str(1))
	if k == noAddress {
		return badAddress
	}
	addrs := resolve(c, a.Str(0))
	if len(addrs) == 0 {
		return unresolved
	}
	return verdict(slices.Contains(addrs, addr))
}
