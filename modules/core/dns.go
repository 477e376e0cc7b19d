package core

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// dnsCommands show and change what the server remembers of the DNS: the addresses of names.
var dnsCommands = kemi.Commands[state]{
	{Name: "dns.view", Run: (*state).dnsView, Array: true, Doc: "the names and addresses that are remembered"},
	{Name: "dns.debug", Run: (*state).dnsDebug, Array: true, Doc: "the names that are remembered, as a flat list: name, type, bytes, users, seconds left, seconds since the last use, whether it has no address"},
	{Name: "dns.debug_all", Run: (*state).dnsDebug, Array: true, Doc: "the same as dns.debug"},
	{Name: "dns.lookup", Run: (*state).dnsLookup, Doc: "what is remembered of a name: type (A, AAAA), name"},
	{Name: "dns.mem_info", Run: (*state).dnsMemory, Array: true, Doc: "bytes that the cache takes, and may take"},
	{Name: "dns.add_a", Run: dnsAdd(netip.Addr.Is4), Doc: "remembers an address of a name: name, seconds, address, flags (1: for ever)"},
	{Name: "dns.add_aaaa", Run: dnsAdd(netip.Addr.Is6), Doc: "remembers an IPv6 address of a name: name, seconds, address, flags (1: for ever)"},
	{Name: "dns.delete_a", Run: dnsDelete(netip.Addr.Is4), Doc: "forgets the IPv4 addresses of a name"},
	{Name: "dns.delete_aaaa", Run: dnsDelete(netip.Addr.Is6), Doc: "forgets the IPv6 addresses of a name"},
	{Name: "dns.delete_cname", Run: dnsDelete(neither), Doc: "forgets an alias; none is remembered, only addresses are"},
	{Name: "dns.delete_ebl", Run: dnsDelete(neither), Doc: "forgets an EBL record; none is remembered"},
	{Name: "dns.delete_naptr", Run: dnsDelete(neither), Doc: "forgets a NAPTR record; none is remembered"},
	{Name: "dns.delete_ptr", Run: dnsDelete(neither), Doc: "forgets a PTR record; none is remembered"},
	{Name: "dns.delete_srv", Run: dnsDelete(neither), Doc: "forgets an SRV record; none is remembered"},
	{Name: "dns.delete_txt", Run: dnsDelete(neither), Doc: "forgets a TXT record; none is remembered"},
	{Name: "dns.delete_all", Run: dnsClear(false), Doc: "forgets all but what was added for ever"},
	{Name: "dns.delete_all_force", Run: dnsClear(true), Doc: "forgets all"},
}

var (
	errNoCache   = &rpc.Fault{Code: 500, Message: "dns cache support disabled (see use_dns_cache)"}
	errNotCached = &rpc.Fault{Code: 400, Message: "Not found"}
	errBadType   = &rpc.Fault{Code: 400, Message: "Invalid type"}
	errBadIP     = &rpc.Fault{Code: 400, Message: "Invalid IP address"}
)

func neither(netip.Addr) bool { return false }

func (s *state) dnsCache() (resolve.Cache, error) {
	if c, ok := s.srv.Core.Resolver().(resolve.Cache); ok {
		return c, nil
	}
	return nil, errNoCache
}

// dnsRecord is the addresses of one kind that are remembered of a name.
type dnsRecord struct {
	resolve.Entry
	kind string
	code int // number of the record type in the DNS
}

// records takes the entries apart by the kind of their addresses, as the DNS has them.
func records(c resolve.Cache) (list []dnsRecord) {
	for _, e := range c.Entries() {
		four, six := e, e
		four.Addrs, six.Addrs = only(e.Addrs, netip.Addr.Is4), only(e.Addrs, netip.Addr.Is6)
		if len(four.Addrs) > 0 || len(e.Addrs) == 0 {
			list = append(list, dnsRecord{four, "A", 1})
		}
		if len(six.Addrs) > 0 {
			list = append(list, dnsRecord{six, "AAAA", 28})
		}
	}
	return list
}

func only(addrs []netip.Addr, is func(netip.Addr) bool) (list []netip.Addr) {
	for _, a := range addrs {
		if is(a.Unmap()) {
			list = append(list, a)
		}
	}
	return list
}

func (s *state) dnsView(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	for _, r := range records(cache) {
		r.show(c)
	}
	return nil
}

// show writes a record. The fields about memory and use have no meaning here.
func (r *dnsRecord) show(c *rpc.Call) {
	out := c.AddStruct().
		Add("name", r.Name).Add("type", r.kind).Add("size_bytes", r.size()).Add("reference_counter", 1).
		Add("permanent", yesNo(r.Left == 0)).Add("expires", wholeSeconds(r.Left)).Add("last_used", 0).
		Add("negative_entry", yesNo(len(r.Addrs) == 0))
	list := out.List("records")
	for i, a := range r.Addrs {
		list.Struct("").Add("rr_idx", i).Add("rr_ip", a.String()).
			Add("rr_permanent", yesNo(r.Left == 0)).Add("rr_expires", wholeSeconds(r.Left))
	}
}

func (r *dnsRecord) size() int { return len(r.Name) + 24*len(r.Addrs) }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (s *state) dnsDebug(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	for _, r := range records(cache) {
		negative := 0
		if len(r.Addrs) == 0 {
			negative = 1
		}
		c.Add(r.Name, r.code, r.size(), 1, wholeSeconds(r.Left), 0, negative)
	}
	return nil
}

// dnsTypes are the types that dns.lookup knows.
var dnsTypes = []string{"A", "AAAA", "CNAME", "SRV", "NAPTR", "TXT", "EBL", "PTR"}

func (s *state) dnsLookup(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	kind, err := c.Str(0)
	if err != nil {
		return err
	}
	name, err := c.Str(1)
	if err != nil {
		return err
	}
	if !slices.Contains(dnsTypes, strings.ToUpper(kind)) {
		return errBadType
	}
	for _, r := range records(cache) {
		if strings.EqualFold(r.Name, name) && strings.EqualFold(r.kind, kind) {
			r.show(c)
			return nil
		}
	}
	return errNotCached
}

func (s *state) dnsMemory(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	total := 0
	for _, r := range records(cache) {
		total += r.size()
	}
	c.Add(total, s.srv.Config.Int("dns_cache_mem", 500)<<10)
	return nil
}

// dnsAdd adds an address of a kind to those of a name.
func dnsAdd(is func(netip.Addr) bool) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		name, err := c.Str(0)
		if err != nil {
			return err
		}
		ttl, err := c.Int(1)
		if err != nil {
			return err
		}
		text, err := c.Str(2)
		if err != nil {
			return err
		}
		addr, err := netip.ParseAddr(text)
		if err != nil || !is(addr) {
			return errBadIP
		}
		return s.pin(name, addr, time.Duration(max(ttl, 1))*time.Second, c.IntOpt(3, 0)&1 != 0)
	}
}

func (s *state) pin(name string, addr netip.Addr, keep time.Duration, forEver bool) error {
	cache, err := s.dnsCache()
	pinner, ok := cache.(resolve.Pinner)
	if err != nil || !ok {
		return errNoCache
	}
	addrs := []netip.Addr{addr}
	for _, e := range cache.Entries() {
		if e.Name == name {
			addrs = append(addrs, slices.DeleteFunc(slices.Clone(e.Addrs), func(a netip.Addr) bool { return a == addr })...)
		}
	}
	if forEver {
		keep = 0
	}
	pinner.Pin(name, addrs, keep)
	return nil
}

// dnsDelete forgets the addresses of a kind; those of the other kind stay.
func dnsDelete(is func(netip.Addr) bool) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		name, err := c.Str(0)
		if err != nil {
			return err
		}
		cache, err := s.dnsCache()
		if err != nil {
			return err
		}
		for _, e := range cache.Entries() {
			if e.Name == name && len(only(e.Addrs, is)) > 0 {
				return forget(cache, e, is)
			}
		}
		return errNotCached
	}
}

func forget(cache resolve.Cache, e resolve.Entry, is func(netip.Addr) bool) error {
	rest := only(e.Addrs, func(a netip.Addr) bool { return !is(a) })
	cache.Forget(e.Name)
	if pinner, ok := cache.(resolve.Pinner); ok && len(rest) > 0 {
		pinner.Pin(e.Name, rest, e.Left)
	}
	return nil
}

func dnsClear(all bool) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		cache, err := s.dnsCache()
		if err != nil {
			return err
		}
		cache.Clear(all)
		c.AddStruct().Add("status", "ok")
		return nil
	}
}
