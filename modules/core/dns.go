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

// dnsCommands show and change what the server remembers of the DNS.
var dnsCommands = kemi.Commands[state]{
	{Name: "dns.view", Run: (*state).dnsView, Array: true, Doc: "the answers that are remembered"},
	{Name: "dns.debug", Run: (*state).dnsDebug, Array: true, Doc: "the answers that are remembered, as a flat list: name, type, bytes, users, seconds left, seconds since the last use, whether there are no records"},
	{Name: "dns.debug_all", Run: (*state).dnsDebugAll, Array: true, Doc: "each record that is remembered, as a flat list: name, type, number, bytes, users, seconds left, seconds since the last use, 0, kind, text, seconds left"},
	{Name: "dns.lookup", Run: (*state).dnsLookup, Doc: "what is remembered of a name: type (A, AAAA, SRV, NAPTR), name"},
	{Name: "dns.mem_info", Run: (*state).dnsMemory, Array: true, Doc: "bytes that the cache takes, and may take"},
	{Name: "dns.add_a", Run: dnsAdd(resolve.A, addressRecord(netip.Addr.Is4)), Doc: "remembers an address of a name: name, seconds, address, flags (1: the name has none, 2: for ever)"},
	{Name: "dns.add_aaaa", Run: dnsAdd(resolve.AAAA, addressRecord(netip.Addr.Is6)), Doc: "remembers an IPv6 address of a name: name, seconds, address, flags (1: the name has none, 2: for ever)"},
	{Name: "dns.add_srv", Run: dnsAdd(resolve.SRV, srvRecord), Doc: "remembers an SRV record: name, seconds, priority, weight, port, target, flags (1: there is none, 2: for ever)"},
	{Name: "dns.delete_a", Run: dnsDelete(resolve.A), Doc: "forgets the IPv4 addresses of a name"},
	{Name: "dns.delete_aaaa", Run: dnsDelete(resolve.AAAA), Doc: "forgets the IPv6 addresses of a name"},
	{Name: "dns.delete_naptr", Run: dnsDelete(resolve.NAPTR), Doc: "forgets the NAPTR records of a name"},
	{Name: "dns.delete_srv", Run: dnsDelete(resolve.SRV), Doc: "forgets the SRV records of a name"},
	{Name: "dns.delete_cname", Run: dnsDelete(0), Doc: "forgets an alias; none is remembered, only where it led"},
	{Name: "dns.delete_ebl", Run: dnsDelete(0), Doc: "forgets an EBL record; none is remembered"},
	{Name: "dns.delete_ptr", Run: dnsDelete(0), Doc: "forgets a PTR record; none is remembered"},
	{Name: "dns.delete_txt", Run: dnsDelete(0), Doc: "forgets a TXT record; none is remembered"},
	{Name: "dns.delete_all", Run: dnsClear(false), Doc: "forgets all but what was added for ever"},
	{Name: "dns.delete_all_force", Run: dnsClear(true), Doc: "forgets all"},
	{Name: "dns.get_server_state", Run: (*state).dnsServerState, Doc: "whether the DNS servers are asked: 1, or 0 where an operator has said that they are away"},
	{Name: "dns.set_server_state", Run: (*state).dnsSetServerState, Doc: "says whether the DNS servers can be asked (1) or are away (0): then answers that have expired are still used"},
}

var (
	errNoCache   = &rpc.Fault{Code: 500, Message: "dns cache support disabled (see use_dns_cache)"}
	errNotCached = &rpc.Fault{Code: 400, Message: "Not found"}
	errBadType   = &rpc.Fault{Code: 400, Message: "Invalid type"}
	errNotAdded  = &rpc.Fault{Code: 400, Message: "Failed to add the entry to the cache"}
)

// The flags of the commands that add records.
const (
	dnsNegative  = 1
	dnsPermanent = 2
)

func (s *state) dnsCache() (resolve.Cache, error) {
	if c, ok := s.srv.Core.Resolver().(resolve.Cache); ok && c.Caching() {
		return c, nil
	}
	return nil, errNoCache
}

func (s *state) dnsView(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	for _, e := range cache.Entries() {
		showAnswer(c, &e)
	}
	return nil
}

// showAnswer writes an answer. Nobody counts its users here.
func showAnswer(c *rpc.Call, e *resolve.Entry) {
	out := c.AddStruct().
		Add("name", e.Name).Add("type", e.Type.String()).Add("size_bytes", e.Size).Add("reference_counter", 1).
		Add("permanent", yesNo(e.Left == 0)).Add("expires", wholeSeconds(e.Left)).Add("last_used", wholeSeconds(e.Used)).
		Add("negative_entry", yesNo(len(e.Records) == 0))
	if len(e.Records) == 0 {
		return
	}
	list := out.List("records")
	for i := range e.Records {
		row := list.Struct("").Add("rr_idx", i)
		showRecord(row, e.Type, &e.Records[i])
		row.Add("rr_permanent", yesNo(e.Left == 0)).Add("rr_expires", wholeSeconds(e.Left))
	}
}

func showRecord(row *rpc.Struct, kind resolve.Type, r *resolve.Record) {
	switch kind {
	case resolve.SRV:
		row.Add("rr_name", r.Target).Add("rr_port", int(r.Port)).Add("rr_priority", int(r.Priority)).Add("rr_weight", int(r.Weight))
	case resolve.NAPTR:
		row.Add("rr_order", int(r.Order)).Add("rr_preference", int(r.Preference)).Add("rr_flags", r.Flags).
			Add("rr_service", r.Services).Add("rr_regexp", r.Regexp).Add("rr_regexp", r.Replacement) // the incumbent's name for both
	default:
		row.Add("rr_ip", r.Addr.String())
	}
}

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
	for _, e := range cache.Entries() {
		negative := 0
		if len(e.Records) == 0 {
			negative = 1
		}
		c.Add(e.Name, int(e.Type), e.Size, 1, wholeSeconds(e.Left), wholeSeconds(e.Used), negative)
	}
	return nil
}

func (s *state) dnsDebugAll(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	for _, e := range cache.Entries() {
		for i := range e.Records {
			kind, text := inShort(e.Type, &e.Records[i])
			c.Add(e.Name, int(e.Type), i, e.Size, 1, wholeSeconds(e.Left), wholeSeconds(e.Used), 0, kind, text, wholeSeconds(e.Left))
		}
	}
	return nil
}

// inShort is a record as the incumbent writes it for debugging.
func inShort(kind resolve.Type, r *resolve.Record) (string, string) {
	switch kind {
	case resolve.SRV:
		return "srv", r.Target
	case resolve.NAPTR:
		return "naptr ", r.Flags + r.Services + r.Regexp + r.Replacement
	}
	return "ip", r.Addr.String()
}

// dnsTypes are the types that dns.lookup knows. Of those without a number nothing is ever remembered.
var dnsTypes = map[string]resolve.Type{
	"A": resolve.A, "AAAA": resolve.AAAA, "SRV": resolve.SRV, "NAPTR": resolve.NAPTR, "CNAME": 0, "TXT": 0, "EBL": 0, "PTR": 0,
}

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
	want, ok := dnsTypes[strings.ToUpper(kind)]
	if !ok {
		return errBadType
	}
	e, ok := cache.Find(name, want)
	if !ok || len(e.Records) == 0 {
		return errNotCached
	}
	showAnswer(c, &e)
	return nil
}

func (s *state) dnsMemory(c *rpc.Call) error {
	cache, err := s.dnsCache()
	if err != nil {
		return err
	}
	used, limit := cache.Memory()
	c.Add(used, limit)
	return nil
}

// recordReader reads a record from the parameters of a command, from the third one on, and tells how many there were.
type recordReader func(c *rpc.Call) (r resolve.Record, n int, err error)

// dnsAdd adds a record to those of a name.
func dnsAdd(kind resolve.Type, read recordReader) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		cache, err := s.dnsCache()
		if err != nil {
			return err
		}
		name, err := c.Str(0)
		if err != nil {
			return err
		}
		ttl, err := c.Int(1)
		if err != nil {
			return err
		}
		r, n, err := read(c)
		if err != nil {
			return err
		}
		flags, err := c.Int(2 + n)
		if err != nil {
			return err
		}
		keep := time.Duration(max(ttl, 1)) * time.Second
		if flags&dnsPermanent != 0 {
			keep = 0
		}
		if !cache.Put(name, kind, withRecord(cache, name, kind, r, flags), keep) {
			return errNotAdded
		}
		return nil
	}
}

// withRecord are the records of a name with a further one.
func withRecord(cache resolve.Cache, name string, kind resolve.Type, r resolve.Record, flags int64) []resolve.Record {
	if flags&dnsNegative != 0 {
		return nil
	}
	e, _ := cache.Find(name, kind)
	others := slices.DeleteFunc(slices.Clone(e.Records), func(o resolve.Record) bool { return o == r })
	return append(others, r)
}

func addressRecord(is func(netip.Addr) bool) recordReader {
	return func(c *rpc.Call) (r resolve.Record, n int, err error) {
		text, err := c.Str(2)
		if err != nil {
			return r, 0, err
		}
		if r.Addr, err = netip.ParseAddr(text); err != nil || !is(r.Addr) {
			return r, 0, errNotAdded
		}
		return r, 1, nil
	}
}

func srvRecord(c *rpc.Call) (r resolve.Record, n int, err error) {
	for i, field := range []*uint16{&r.Priority, &r.Weight, &r.Port} {
		x, err := c.Int(2 + i)
		if err != nil {
			return r, 0, err
		}
		if x < 0 || x > 0xffff {
			return r, 0, errNotAdded
		}
		*field = uint16(x)
	}
	target, err := c.Str(5)
	r.Target = strings.ToLower(strings.TrimSuffix(target, "."))
	return r, 4, err
}

// dnsDelete forgets the records of a kind.
func dnsDelete(kind resolve.Type) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		cache, err := s.dnsCache()
		if err != nil {
			return err
		}
		name, err := c.Str(0)
		if err != nil {
			return err
		}
		if !cache.Forget(name, kind) {
			return errNotCached
		}
		return nil
	}
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

func (s *state) dnsServerState(c *rpc.Call) error {
	d, ok := s.srv.Core.Resolver().(*resolve.DNS)
	if !ok {
		return errNoCache
	}
	up := 1
	if d.Down() {
		up = 0
	}
	c.Add(up)
	return nil
}

func (s *state) dnsSetServerState(c *rpc.Call) error {
	d, ok := s.srv.Core.Resolver().(*resolve.DNS)
	if !ok {
		return errNoCache
	}
	up, err := c.Int(0)
	if err == nil {
		d.SetDown(up == 0)
	}
	return err
}
